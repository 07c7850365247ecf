/** Where a file that left the store comes from. The store itself knows nothing of it: an artifact is its content, whoever made it. */
import { z } from 'zod';

/** What made a file. */
export const Origin = z.strictObject({
  run: z.string().describe('id of the run that wrote the file'),
  graph: z.string().describe('SHA-256 of the graph of that run, as its graph.json has it'),
  node: z.string(),
  port: z.string(),
  step: z.string().describe('key of the step: of all that the content depends on'),
  artifact: z.string().describe('digest of the value in the store'),
});
export type Origin = z.infer<typeof Origin>;

/** `provenance.json` beside exported files: also for those whose format has no place for it. */
export const Provenance = z.strictObject({
  format: z.literal('radiograph-provenance/1'),
  files: z.record(
    z.string().describe('name within the folder'),
    Origin.extend({ sha256: z.string().describe('of the file as it was written') }),
  ),
});
export type Provenance = z.infer<typeof Provenance>;
