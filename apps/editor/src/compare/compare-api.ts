/** Two runs compared, and the cells of a graph's variants. */
import { z } from 'zod';
import { call } from '../api/client.ts';

const Interval = z.object({ mean: z.number(), lower: z.number(), upper: z.number() });
const Difference = z.object({
  name: z.string(),
  a: z.number().nullable(),
  b: z.number().nullable(),
  difference: Interval.nullable(),
});
export type Difference = z.infer<typeof Difference>;

const CompareReply = z.object({
  comparison: z.object({
    images: z.number(),
    mean: Difference,
    perClass: z.array(Difference),
    perImage: z.array(z.object({ id: z.string(), difference: z.number().nullable() })),
  }),
  isSignificant: z.boolean(),
  graphChanges: z.array(
    z.object({
      part: z.enum(['graph', 'node', 'parameter', 'wire', 'drawing']),
      path: z.string(),
      before: z.unknown(),
      after: z.unknown(),
    }),
  ),
});
/** b against a: paired differences of the per-image IoU, and what differs in the graphs. */
export type Comparison = z.infer<typeof CompareReply>;

/** A side is `run node`: the scores that a node of a run made. */
export const compareSides = (a: string, b: string): Promise<Comparison> => {
  const side = (text: string) => {
    const [runId = '', nodeId = ''] = text.split(' ');
    return { runId, nodeId };
  };
  return call('/api/compare', CompareReply, { method: 'POST', body: { a: side(a), b: side(b) } });
};

const CellResult = z.object({
  cell: z.record(z.string(), z.string()),
  problem: z.string().nullable(),
  runId: z.string().nullable(),
  scores: z.array(
    z.object({
      nodeId: z.string(),
      mean: z.number().nullable(),
      interval: Interval.nullable(),
    }),
  ),
});
/** One combination of variants, the newest run of it, and what it scored. */
export type CellResult = z.infer<typeof CellResult>;

export const readCells = async (text: string) =>
  (
    await call('/api/cells', z.object({ cells: z.array(CellResult) }), {
      method: 'POST',
      body: { text },
    })
  ).cells;
