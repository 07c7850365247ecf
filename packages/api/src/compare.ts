/** Two runs side by side. */
import { z } from 'zod';
import { defineTopic } from './route.ts';
import { type Data, Interval } from './shapes.ts';

const Difference = z.strictObject({
  name: z.string(),
  a: z.number().nullable(),
  b: z.number().nullable(),
  difference: Interval.nullable().describe('paired, b - a'),
  p: z.number().nullable().describe('corrected (Holm) over the classes'),
  verdict: z.string().describe('which side is better, or that no difference is shown'),
});
/** The difference of one class, or of the mean over classes. */
export type Difference = Data<typeof Difference>;

/** One side: the scores that a node of a run made. */
const Side = z.strictObject({ runId: z.string(), nodeId: z.string() });

const GraphChange = z.strictObject({
  part: z.enum(['graph', 'node', 'parameter', 'wire', 'drawing']),
  path: z.string(),
  // A parameter's value has its node's shape, a note the editor's: any JSON. Absent: there was or is nothing.
  before: z.unknown().exactOptional(),
  after: z.unknown().exactOptional(),
});

const Comparison = z.strictObject({
  comparison: z.strictObject({
    images: z.int(),
    note: z.string().describe('what was compared, left out, drawn and corrected'),
    mean: Difference,
    perClass: z.array(Difference),
    perImage: z.array(z.strictObject({ id: z.string(), difference: z.number().nullable() })),
  }),
  isSignificant: z.boolean(),
  graphChanges: z.array(GraphChange),
});
/** b against a: paired differences of the per-image IoU, and what differs in the graphs. */
export type Comparison = Data<typeof Comparison>;

export const compare = defineTopic({
  runs: {
    method: 'post',
    path: '/api/compare',
    summary:
      'Paired bootstrap of the per-image IoU of two evaluators, b - a, and the difference of their graphs.',
    body: z.strictObject({
      a: Side,
      b: Side,
      replicates: z.int().min(10).max(50_000).exactOptional(),
    }),
    reply: Comparison,
  },
});
