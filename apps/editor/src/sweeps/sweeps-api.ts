/** Sweeps as the server tells of them. */
import { z } from 'zod';
import { call } from '../api/client.ts';

const Interval = z.object({ mean: z.number(), lower: z.number(), upper: z.number() });

export const SweepStatus = z.enum(['done', 'failed', 'canceled', 'running', 'interrupted']);
export type SweepStatus = z.infer<typeof SweepStatus>;

const Sweep = z.object({
  sweepId: z.string(),
  graph: z.string(),
  graphPath: z.string(),
  command: z.string(),
  status: SweepStatus,
  startedAt: z.string(),
  seconds: z.number().nullable(),
  axes: z.record(z.string(), z.array(z.string())),
  seeds: z.array(z.number()),
  cells: z.number(),
  done: z.number(),
  running: z.number(),
  failed: z.number(),
  best: z.object({ arm: z.string(), mean: z.number() }).nullable(),
});
/** One line of the list. */
export type Sweep = z.infer<typeof Sweep>;

const SweepCell = z.object({
  name: z.string(),
  arm: z.string(),
  values: z.record(z.string(), z.string()),
  seed: z.number(),
  status: z.enum(['done', 'failed', 'canceled', 'running', 'waiting', 'missing']),
  reason: z.string().nullable(),
  runId: z.string().nullable(),
  score: z.object({ mean: z.number().nullable(), interval: Interval.nullable() }).nullable(),
});
/** One combination of values and seed, and what its run scored. */
export type SweepCell = z.infer<typeof SweepCell>;

const ArmsComparison = z.object({
  measure: z.string(),
  summary: z.array(z.string()),
  images: z.number(),
  arms: z.array(z.object({ name: z.string(), mean: Interval.nullable() })),
  pairs: z.array(
    z.object({
      a: z.string(),
      b: z.string(),
      difference: Interval.nullable(),
      p: z.number().nullable(),
    }),
  ),
});
/** The arms with their intervals, and every pair of them. */
export type ArmsComparison = z.infer<typeof ArmsComparison>;

export const listSweeps = async (): Promise<readonly Sweep[]> =>
  (await call('/api/sweeps', z.object({ sweeps: z.array(Sweep) }))).sweeps;

export const readCells = async (sweepId: string): Promise<readonly SweepCell[]> =>
  (await call(`/api/sweeps/${sweepId}`, z.object({ cells: z.array(SweepCell) }))).cells;

export const readArms = (sweepId: string): Promise<ArmsComparison> =>
  call(`/api/sweeps/${sweepId}/comparison`, ArmsComparison);
