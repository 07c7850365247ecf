import { RadiographError } from '@radiograph/graph';
import { createNumberPrinter, explainComparison, joinIntervals } from '@radiograph/statistics';
import {
  type Comparison,
  compareExperiment,
  listMembers,
  type Member,
  membersOfRuns,
  openExperiment,
  readSweep,
} from '@radiograph/sweep';
import { findHome } from '../open-graph.ts';
import { nodePackages } from '../registry.ts';
import { printTable } from '../terminal/print-table.ts';

export type CompareFlags = {
  readonly measure?: string;
  readonly replicates?: string;
  readonly images: string;
  readonly json: boolean;
};

/** `radiograph compare [SWEEP | RUN RUN ...]`: arms of a sweep (default: the latest), or single runs on the images that all have. */
export async function compareCommand(
  names: readonly string[],
  flags: CompareFlags,
): Promise<number> {
  const home = findHome();
  const members = await chooseMembers(home, names);
  const place = { home, packages: nodePackages };
  const experiment = await openExperiment(members, place, flags.measure);
  const draws = flags.replicates;
  const chosen = draws === undefined ? {} : { replicates: readCount('--replicates', draws, 10) };
  const shown = readCount('--images', flags.images, 0);
  const comparison = compareExperiment(experiment, chosen);
  if (flags.json) {
    const { measure, changes } = experiment;
    console.log(JSON.stringify({ measure, changes, ...comparison.arms }, null, 2));
  } else console.log(printComparison(comparison, shown));
  return 0;
}

async function chooseMembers(home: string, names: readonly string[]): Promise<Member[]> {
  if (names.length >= 2) return membersOfRuns(home, names);
  const { result } = await readSweep(home, names[0] ?? 'latest');
  return listMembers(home, result);
}

function printComparison({ arms, tables }: Comparison, shown: number): string {
  const images = { ...tables.images, rows: tables.images.rows.slice(0, shown) };
  const list = [
    joinIntervals(tables.arms),
    tables.differences,
    tables.gap,
    shown > 0 ? images : undefined,
    tables.changes,
  ];
  const texts = list.flatMap((table) =>
    table === undefined || table.rows.length === 0
      ? []
      : printTable(table, { printerOf: createNumberPrinter }),
  );
  return [...texts, explainComparison(arms)].join('\n\n');
}

function readCount(name: string, text: string, low: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= low && count <= 100_000) return count;
  throw new RadiographError('usage', {
    path: name,
    message: `expected a whole number from ${low} to 100000, got ${text}`,
  });
}
