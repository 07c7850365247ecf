/** One sweep cell by cell, whether it has finished, still runs, or was broken off. */
import { join } from 'node:path';
import { RadiographError } from '@radiograph/graph';
import { listRecords, readRunDetails, readTextIfPresent } from '@radiograph/runtime';
import type { SweepEvent } from './events.ts';
import { type CellResult, type SweepSummary, summarizeSweep, sweepsOf } from './sweep-record.ts';

/** How far a cell has come. `missing`: its sweep was broken off before the cell had ended. */
export type CellState = Omit<CellResult, 'status'> & {
  readonly status: CellResult['status'] | 'running' | 'waiting' | 'missing';
};

/** A sweep with the states of its cells, in the order of the plan. */
export type SweepDetails = Omit<SweepSummary, 'cells' | 'coordinates'> & {
  readonly cells: readonly CellState[];
};

/** Reads a sweep. @throws a usage error if there is none of this id. */
export async function readSweepDetails(home: string, sweepId: string): Promise<SweepDetails> {
  const isKnown = (await listRecords(sweepsOf(home))).includes(sweepId);
  const folder = join(sweepsOf(home), sweepId);
  const summary = isKnown ? await summarizeSweep(folder) : undefined;
  if (summary === undefined)
    throw new RadiographError('usage', {
      path: 'sweep',
      message: `expected the id of a sweep, got ${sweepId}`,
    });
  const { coordinates, ...rest } = summary;
  if (rest.result !== null) return { ...rest, cells: rest.result.cells };
  const ends = await followCells(folder);
  const open = summary.status === 'running' ? 'waiting' : 'missing';
  const cells = summary.cells.map((name, i) => {
    const place = coordinates[i] ?? { arm: name, values: {}, seed: 0 };
    const known = ends.get(name) ?? { status: open, runId: null, reason: null };
    const status = known.status === 'running' && open === 'missing' ? open : known.status;
    return readOutputs(home, { name, ...place, ...known, status, outputs: {} });
  });
  return { ...rest, cells: await Promise.all(cells) };
}

type Ending = Pick<CellState, 'status' | 'runId' | 'reason'>;

/** What the events tell of cells that have begun. The lines of steps are most of the file and are not parsed. */
async function followCells(folder: string): Promise<ReadonlyMap<string, Ending>> {
  const text = (await readTextIfPresent(join(folder, 'events.jsonl'))) ?? '';
  const events = text
    .split('\n')
    .filter((line) => /"type":"job-(started|finished)"/.test(line) && line.endsWith('}'))
    .map((line) => JSON.parse(line) as SweepEvent); // we wrote it; a line that was cut off is left out
  const cellOf = new Map<string, string>();
  const found = new Map<string, Ending>();
  for (const event of events) {
    if (event.type === 'job-started' && event.only === null) {
      cellOf.set(event.job, event.cells[0]!);
      found.set(event.cells[0]!, { status: 'running', runId: null, reason: null });
    }
    if (event.type !== 'job-finished') continue;
    const name = cellOf.get(event.job);
    const { status, runId, error } = event;
    if (name !== undefined) found.set(name, { status, runId, reason: error });
  }
  return found;
}

async function readOutputs(home: string, cell: CellState): Promise<CellState> {
  if (cell.runId === null || cell.status !== 'done') return cell;
  const { steps } = await readRunDetails(home, cell.runId);
  const outputs = Object.entries(steps).map(([id, step]) => [id, step.outputs]);
  return { ...cell, outputs: Object.fromEntries(outputs) };
}
