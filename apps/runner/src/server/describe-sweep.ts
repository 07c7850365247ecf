/** A sweep as the editor shows it. */
import type { SweepCell, SweepHead } from '@radiograph/api';
import { nameArms, type SweepDetails } from '@radiograph/sweep';
import type { ReadScores } from './run-scores.ts';

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
  { result, cells: states, pid: _, request: __, ...start }: SweepDetails,
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
