/** The tables of an experiment. */
import type { DocumentChange } from '@radiograph/graph';
import type { Table } from '@radiograph/kinds';
import {
  type ArmsComparison,
  compareArms,
  measureGaps,
  tabulateArms,
  tabulateDifferences,
  tabulateGaps,
  tabulateImages,
} from '@radiograph/statistics';
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
      gap:
        experiment.readers === undefined
          ? undefined
          : tabulateGaps(measureGaps(experiment.arms, experiment.readers, options)),
      images: tabulateImages(arms),
      changes: tabulateChanges(experiment),
    },
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
