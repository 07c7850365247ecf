/** A sweep as the editor shows it. */
import { nameArms, type SweepDetails } from '@radiograph/sweep';
import { z } from 'zod';
import { NodeScore, type ReadScores } from './run-scores.ts';

export const SweepHead = z.strictObject({
  sweepId: z.string(),
  graph: z.string(),
  graphPath: z.string(),
  /** What was typed, to do it again. */
  command: z.string(),
  status: z.enum(['done', 'failed', 'canceled', 'running', 'interrupted']),
  startedAt: z.string(),
  /** Null while it has not finished. */
  seconds: z.number().nullable(),
  /** Values by axis, in the order of the cells. */
  axes: z.record(z.string(), z.array(z.string())),
  seeds: z.array(z.int()),
  cells: z.int(),
  done: z.int(),
  running: z.int(),
  failed: z.int(),
  /** The arm with the highest mIoU, averaged over its seeds. */
  best: z.strictObject({ arm: z.string(), mean: z.number() }).nullable(),
});
/** How far a sweep has come. */
export type SweepHead = z.infer<typeof SweepHead>;

export const SweepCell = z.strictObject({
  name: z.string(),
  arm: z.string(),
  values: z.record(z.string(), z.string()),
  seed: z.int(),
  status: z.enum(['done', 'failed', 'canceled', 'running', 'waiting', 'missing']),
  /** Why it is not done. */
  reason: z.string().nullable(),
  runId: z.string().nullable(),
  score: NodeScore.nullable(),
});
/** One cell. */
export type SweepCell = z.infer<typeof SweepCell>;

/** The cells with what their runs scored; arms by their short names. */
export async function describeCells(
  { cells }: SweepDetails,
  readScores: ReadScores,
): Promise<SweepCell[]> {
  const names = nameArms(cells);
  return Promise.all(
    cells.map(async ({ outputs: _, ...cell }) => {
      const isDone = cell.status === 'done' && cell.runId !== null;
      const [score = null] = isDone ? await readScores(cell.runId!) : [];
      return { ...cell, arm: names.get(cell.arm)!, score };
    }),
  );
}

/** One line of the list of sweeps. */
export function describeSweep(
  { result, cells: states, pid: _, ...start }: SweepDetails,
  cells: readonly SweepCell[],
): SweepHead {
  const count = (wanted: string) => states.filter(({ status }) => status === wanted).length;
  const axes = [...new Set(cells.flatMap(({ values }) => Object.keys(values)))];
  const valuesOf = (axis: string) => [
    ...new Set(cells.flatMap(({ values }) => values[axis] ?? [])),
  ];
  return {
    ...start,
    seconds: result?.seconds ?? null,
    axes: Object.fromEntries(axes.map((axis) => [axis, valuesOf(axis)])),
    seeds: [...new Set(cells.map(({ seed }) => seed))],
    cells: cells.length,
    done: count('done'),
    running: count('running'),
    failed: count('failed'),
    best: findBest(cells),
  };
}

function findBest(cells: readonly SweepCell[]): SweepHead['best'] {
  const arms = [...new Set(cells.map(({ arm }) => arm))];
  const means = arms.flatMap((arm) => {
    const own = cells.flatMap((cell) => (cell.arm === arm ? (cell.score?.mean ?? []) : []));
    const sum = own.reduce((total, mean) => total + mean, 0);
    return own.length === 0 ? [] : [{ arm, mean: sum / own.length }];
  });
  return means.toSorted((a, b) => b.mean - a.mean)[0] ?? null;
}
