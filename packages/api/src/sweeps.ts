/** Sweeps, and the cells of a graph's variants. */
import { EndStatus, RunStatus } from '@radiograph/runtime/records';
import { z } from 'zod';
import { defineTopic } from './route.ts';
import { ById, Cell, type Data, Interval, NodeScore } from './shapes.ts';

const SweepHead = z.strictObject({
  sweepId: z.string(),
  graph: z.string(),
  graphPath: z.string(),
  command: z.string().describe('what was typed, to do it again'),
  status: RunStatus,
  startedAt: z.string(),
  seconds: z.number().nullable().describe('null while it has not finished'),
  axes: z.record(z.string(), z.array(z.string())).describe('values, in the order of the cells'),
  seeds: z.array(z.int()),
  cells: z.int(),
  done: z.int(),
  running: z.int(),
  failed: z.int(),
  best: z
    .strictObject({ arm: z.string(), mean: z.number() })
    .nullable()
    .describe('the arm with the highest mIoU, averaged over its seeds'),
});
/** How far a sweep has come. */
export type SweepHead = Data<typeof SweepHead>;

const SweepCell = z.strictObject({
  name: z.string(),
  arm: z.string(),
  values: Cell,
  seed: z.int(),
  status: z.enum([...EndStatus.options, 'running', 'waiting', 'missing']),
  reason: z.string().nullable().describe('why it is not done'),
  runId: z.string().nullable(),
  score: NodeScore.nullable(),
});
/** One combination of values and seed, and what its run scored. */
export type SweepCell = Data<typeof SweepCell>;

const ArmsComparison = z.strictObject({
  measure: z.string().describe('the node and port whose scores are compared'),
  summary: z
    .array(z.string())
    .describe('whether the best arm is shown to be the best, and where, in sentences'),
  images: z.int(),
  arms: z.array(z.strictObject({ name: z.string(), mean: Interval.nullable() })),
  pairs: z
    .array(
      z.strictObject({
        a: z.string(),
        b: z.string(),
        difference: Interval.nullable().describe('b - a on the images and seeds of both'),
        p: z.number().nullable().describe('corrected over all pairs (Holm)'),
      }),
    )
    .describe('every pair of arms'),
});
/** The arms with their intervals, and every pair of them. */
export type ArmsComparison = Data<typeof ArmsComparison>;

export const sweeps = defineTopic({
  list: {
    method: 'get',
    path: '/api/sweeps',
    summary: 'All sweeps, newest first: their axes, how far they have come, their best arm.',
    reply: z.strictObject({ sweeps: z.array(SweepHead) }),
  },
  read: {
    method: 'get',
    path: '/api/sweeps/:id',
    summary: 'The cells of a sweep: where they lie on the axes, their runs, what they scored.',
    params: ById,
    reply: z.strictObject({ sweep: SweepHead, cells: z.array(SweepCell) }),
  },
  compare: {
    method: 'get',
    path: '/api/sweeps/:id/comparison',
    summary:
      'The finished cells of a sweep as arms: means, paired differences, and what they show in words.',
    params: ById,
    reply: ArmsComparison,
  },
});

/** The most combinations of variants that are listed. */
export const mostCells = 256;

const VariantCell = z.strictObject({
  cell: Cell,
  problem: z.string().nullable().describe('why the cell is no graph; null when it is one'),
  runId: z.string().nullable().describe('the newest finished run of exactly this graph'),
  scores: z.array(NodeScore),
});
/** One combination of a graph's variants, the newest run of it, and what it scored. */
export type VariantCell = Data<typeof VariantCell>;

export const variants = defineTopic({
  cells: {
    method: 'post',
    path: '/api/cells',
    summary: `Every combination of a graph's variants (at most ${mostCells}) with the newest run of it and its scores.`,
    body: z.strictObject({ text: z.string() }),
    reply: z.strictObject({ cells: z.array(VariantCell) }),
  },
});
