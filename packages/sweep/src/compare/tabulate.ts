/** The tables of an experiment. */
import type { DocumentChange } from '@radiograph/graph';
import type { Table } from '@radiograph/kinds';
import {
  type ArmsComparison,
  compareArms,
  tabulateArms,
  tabulateDifferences,
  tabulateImages,
} from '@radiograph/nodes-core';
import type { Experiment } from './experiment.ts';

/** An experiment with everything that is said about it. */
export type Comparison = {
  readonly arms: ArmsComparison;
  readonly tables: {
    readonly arms: Table;
    readonly differences: Table;
    readonly gap: Table | undefined;
    readonly images: Table;
    readonly changes: Table;
  };
};

/** Compares the arms of an experiment. */
export function compareExperiment(
  experiment: Experiment,
  options: { readonly replicates?: number } = {},
): Comparison {
  const arms = compareArms(experiment.arms, options);
  return {
    arms,
    tables: {
      arms: tabulateArms(arms),
      differences: tabulateDifferences(arms),
      gap: tabulateGap(experiment, options),
      images: tabulateImages(arms),
      changes: tabulateChanges(experiment),
    },
  };
}

/** (readers - arm) / readers of the mean, and the paired difference with its interval. */
function tabulateGap(
  { arms, readers }: Experiment,
  options: { readonly replicates?: number },
): Table | undefined {
  if (readers === undefined) return undefined;
  // Only p-values, which are not in this table, need the draws of a correction over all pairs.
  const { arms: scored, pairs } = compareArms([...arms, readers], { replicates: 2000, ...options });
  const theirs = scored.at(-1)!;
  const rows = scored.slice(0, -1).map(({ name, mean }) => {
    const pair = pairs.find(({ a, b }) => a === name && b === theirs.name);
    const difference = pair?.mean.difference ?? null;
    return [
      name,
      mean?.mean ?? null,
      theirs.mean?.mean ?? null,
      difference?.mean ?? null,
      difference?.lower ?? null,
      difference?.upper ?? null,
      difference === null || theirs.mean === null ? null : difference.mean / theirs.mean.mean,
    ];
  });
  return {
    title: 'Gap to the human readers (mIoU; gap = (readers - arm) / readers)',
    columns: ['arm', 'mIoU', 'readers', 'readers - arm', 'low', 'high', 'gap'],
    rows,
  };
}

function tabulateChanges({ arms, changes }: Experiment): Table {
  return {
    title: `What each arm changes in the graph of ${arms[0]?.name ?? 'the first'}`,
    columns: ['arm', 'part', 'where', 'before', 'after'],
    rows: changes.flatMap(({ arm, changes: list }) =>
      list.map(({ part, path, before, after }) => [
        arm,
        part,
        path,
        ...describeChange({ part, before, after }),
      ]),
    ),
  };
}

function describeChange({
  part,
  before,
  after,
}: Pick<DocumentChange, 'part' | 'before' | 'after'>): [string, string] {
  if (part === 'wire')
    return [before === undefined ? '' : 'wired', after === undefined ? '' : 'wired'];
  const print = (value: unknown) => (value === undefined ? '' : JSON.stringify(value));
  return [print(before), print(after)];
}

/** The table with each value and its two bounds (columns `x`, `x low`, `x high`) in one cell, for people. */
export function joinIntervals({ title, columns, rows }: Table): Table {
  const isBound = (c: number) => / (low|high)$/.test(columns[c]!);
  const kept = columns.flatMap((_, c) => (isBound(c) ? [] : [c]));
  const print = (value: unknown) => (typeof value === 'number' ? value.toFixed(3) : '–');
  return {
    title: `${title}, 95 % interval`,
    columns: kept.map((c) => columns[c]!),
    rows: rows.map((row) =>
      kept.map((c) =>
        c + 2 < columns.length && isBound(c + 1) && row[c] !== null
          ? `${print(row[c])} [${print(row[c + 1])}, ${print(row[c + 2])}]`
          : row[c]!,
      ),
    ),
  };
}
