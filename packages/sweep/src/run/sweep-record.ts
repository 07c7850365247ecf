/** What stays of a sweep: `.radiograph/sweeps/<id>/{sweep.json, graph.json, events.jsonl, result.json, report/}`. */
import { join } from 'node:path';
import { type GraphDocument, printDocument, RadiographError } from '@radiograph/graph';
import {
  EndStatus,
  isAlive,
  listRecords,
  makeRecord,
  openEventLines,
  type RunStatus,
  readTextIfPresent,
  writeDurably,
} from '@radiograph/runtime';
import { z } from 'zod';
import type { NewSweepEvent, SweepEvent } from './events.ts';

const CellResult = z.strictObject({
  name: z.string(),
  arm: z.string(),
  values: z.record(z.string(), z.string()),
  seed: z.int(),
  status: EndStatus,
  /** Why it is not done. */
  reason: z.string().nullable(),
  runId: z.string().nullable(),
  /** Artifact digest by output port, by node. */
  outputs: z.record(z.string(), z.record(z.string(), z.string())),
});
/** How one cell ended. */
export type CellResult = z.infer<typeof CellResult>;

const SweepResult = z.strictObject({
  sweepId: z.string(),
  graph: z.string(),
  graphPath: z.string(),
  /** What was typed, to do it again. */
  command: z.string(),
  status: EndStatus,
  seconds: z.number(),
  finishedAt: z.string(),
  /** Unique steps: what ran, and what was in the store. */
  steps: z.strictObject({ ran: z.int(), reused: z.int() }),
  cells: z.array(CellResult),
});
/** How a sweep ended. */
export type SweepResult = z.infer<typeof SweepResult>;

/** What a sweep was asked for, to ask for it again. */
const SweepAsked = z.strictObject({
  axes: z.array(z.string()).default([]),
  grids: z.array(z.string()).default([]),
  combine: z.enum(['grid', 'zip', 'list']).exactOptional(),
  skip: z.array(z.record(z.string(), z.string())).default([]),
  seeds: z.int().exactOptional(),
  executor: z.string(),
});

/** What is known when a sweep begins. `pid` is the process that leads it. */
const SweepStart = z.strictObject({
  sweepId: z.string(),
  graph: z.string(),
  graphPath: z.string(),
  command: z.string(),
  /** Names, in the order of the plan. */
  cells: z.array(z.string()),
  /** Where each of `cells` lies on the axes; empty in records of before it was kept. */
  coordinates: z.array(CellResult.pick({ arm: true, values: true, seed: true })).default([]),
  /** Null in records of before it was kept. */
  request: SweepAsked.nullable().default(null),
  pid: z.int(),
  startedAt: z.string(),
});
type SweepStart = z.infer<typeof SweepStart>;

/** One line of the list of sweeps. `interrupted`: its process is gone and it never finished. */
export type SweepSummary = SweepStart & {
  readonly status: RunStatus;
  /** Null while it has not finished. */
  readonly result: SweepResult | null;
};

/** The folder of one sweep, open for writing. */
export type SweepRecord = {
  readonly sweepId: string;
  readonly folder: string;
  readonly append: (event: NewSweepEvent) => SweepEvent;
  readonly finish: (result: SweepResult) => Promise<void>;
};

type NewSweep = Pick<SweepStart, 'graphPath' | 'command' | 'cells' | 'coordinates' | 'request'> & {
  readonly document: GraphDocument;
};

/** Begins the record of a sweep. @throws a data error if the disk does not take it. */
export async function beginSweepRecord(
  home: string,
  { document, ...asked }: NewSweep,
): Promise<SweepRecord> {
  const { id: sweepId, folder } = await makeRecord(sweepsOf(home));
  const { pid } = process;
  const startedAt = new Date().toISOString();
  const start: SweepStart = { sweepId, graph: document.name, ...asked, pid, startedAt };
  await writeDurably(join(folder, 'sweep.json'), `${JSON.stringify(start, null, 2)}\n`);
  await writeDurably(join(folder, 'graph.json'), printDocument(document));
  const lines = openEventLines(folder);
  return {
    sweepId,
    folder,
    append(event) {
      const timed: SweepEvent = { time: new Date().toISOString(), ...event };
      lines.append(timed);
      return timed;
    },
    async finish(result) {
      await writeDurably(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
      lines.close();
      if (lines.lost() !== undefined) throw lines.lost();
    },
  };
}

/** The folder of all sweeps. */
export const sweepsOf = (home: string): string => join(home, 'sweeps');

/** All sweeps, newest first: finished, running and interrupted. */
export async function summarizeSweeps(home: string): Promise<SweepSummary[]> {
  const ids = (await listRecords(sweepsOf(home))).toReversed();
  const all = await Promise.all(ids.map((id) => summarizeSweep(join(sweepsOf(home), id))));
  return all.flatMap((summary) => summary ?? []);
}

/** One line of the list; undefined for a folder without a readable start: it is being created, or is not ours. */
export async function summarizeSweep(folder: string): Promise<SweepSummary | undefined> {
  const parse = async <T>(file: string, schema: z.ZodType<T>): Promise<T | null> => {
    try {
      return schema.parse(JSON.parse((await readTextIfPresent(join(folder, file))) ?? 'null'));
    } catch {
      return null;
    }
  };
  const start = await parse('sweep.json', SweepStart);
  if (start === null) return undefined;
  const result = await parse('result.json', SweepResult);
  const status = result?.status ?? (isAlive(start.pid) ? 'running' : 'interrupted');
  return { ...start, status, result };
}

/** Reads a finished sweep; `latest` is the newest that finished. @throws a usage error if there is none. */
export async function readSweep(
  home: string,
  wanted: string,
): Promise<{ readonly result: SweepResult; readonly graphText: string; readonly folder: string }> {
  const ids = (await listRecords(sweepsOf(home))).toReversed();
  for (const sweepId of wanted === 'latest' ? ids : ids.filter((id) => id === wanted)) {
    const folder = join(sweepsOf(home), sweepId);
    const text = await readTextIfPresent(join(folder, 'result.json'));
    if (text === undefined) continue;
    const graphText = (await readTextIfPresent(join(folder, 'graph.json'))) ?? '';
    return { result: SweepResult.parse(JSON.parse(text)), graphText, folder };
  }
  const known = ids.length === 0 ? 'there are none yet' : `one of ${ids.slice(0, 5).join(', ')}`;
  throw new RadiographError('usage', {
    path: 'sweep',
    message: `expected the id of a finished sweep (${known}), got ${wanted}`,
  });
}

/** The graph that a sweep swept, as text. */
export const readSweptGraph = async (home: string, sweepId: string): Promise<string> =>
  (await readTextIfPresent(join(sweepsOf(home), sweepId, 'graph.json'))) ?? '';
