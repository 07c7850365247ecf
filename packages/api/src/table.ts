/** Every route of the server, by topic. */
import { z } from 'zod';
import { artifacts } from './artifacts.ts';
import { compare } from './compare.ts';
import { GraphFile, graphs } from './graphs.ts';
import { queue, runs } from './runs.ts';
import { session } from './session.ts';
import { type Data, Problem } from './shapes.ts';
import { sweeps, variants } from './sweeps.ts';

/** The contract: the server implements it, its OpenAPI document describes it, and clients call by it. */
export const api = {
  session,
  graphs,
  runs,
  queue,
  artifacts,
  compare,
  variants,
  sweeps,
} as const;
export type Api = typeof api;

/** What every refused request is answered with. */
export const Refusal = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string().describe('all problems, one a line'),
    problems: z.array(Problem).describe('place, and what would be accepted'),
  }),
  /** Of a write that came too late: the file as it is now; null: it is gone. */
  theirs: GraphFile.nullable().exactOptional(),
});
export type Refusal = Data<typeof Refusal>;
