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

/** One side: a run, and the node whose scores are compared; null: the node that both have, else the first that made some. */
const Side = z.strictObject({
  runId: z.string(),
  nodeId: z.string().nullable().default(null),
});

const GraphChange = z.strictObject({
  part: z.enum(['graph', 'node', 'parameter', 'wire', 'drawing']),
  path: z.string(),
  // A parameter's value has its node's shape, a note the editor's: any JSON. Absent: there was or is nothing.
  before: z.unknown().exactOptional(),
  after: z.unknown().exactOptional(),
});

const Measured = z.strictObject({
  nodeId: z.string().nullable().describe('whose scores are compared; null: it made none'),
  nodes: z.array(z.string()).describe('every node that made scores'),
});

const ScoreComparison = z.strictObject({
  images: z.int().describe('that both have'),
  mean: Difference,
  perClass: z.array(Difference).describe('classes that both have'),
  perImage: z.array(z.strictObject({ id: z.string(), difference: z.number().nullable() })),
  note: z.string().describe('what was compared, left out, drawn and corrected'),
});

const Comparison = z.strictObject({
  a: Measured,
  b: Measured,
  notes: z.array(z.string()).describe('what could not be compared, and why'),
  scores: ScoreComparison.nullable().describe('null where no image and class has scores in both'),
  graphChanges: z.array(GraphChange).nullable().describe('null where a record lost its graph'),
});
/** b against a: whatever can be compared of two runs, and what cannot, in words. */
export type Comparison = Data<typeof Comparison>;
export type ScoreComparison = Data<typeof ScoreComparison>;

export const compare = defineTopic({
  runs: {
    method: 'post',
    path: '/api/compare',
    summary:
      'Any two runs: the paired difference of their per-image IoU, b - a, where both have it, and the difference of their graphs.',
    body: z.strictObject({
      a: Side,
      b: Side,
      replicates: z.int().min(10).max(50_000).exactOptional(),
    }),
    reply: Comparison,
  },
});
