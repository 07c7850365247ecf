/** What stays of a sweep: `.radiograph/sweeps/<id>/{sweep.json, graph.json, events.jsonl, result.json, report/}`. */
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type GraphDocument, printDocument, RadiographError } from '@radiograph/graph';
import { isErrno, readTextIfPresent, writeDurably } from '@radiograph/runtime';
import { z } from 'zod';
import type { NewSweepEvent, SweepEvent } from './events.ts';
import { JobStatus } from './executor.ts';

const CellResult = z.strictObject({
  name: z.string(),
  arm: z.string(),
  values: z.record(z.string(), z.string()),
  seed: z.int(),
  status: JobStatus,
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
  status: JobStatus,
  seconds: z.number(),
  finishedAt: z.string(),
  /** Unique steps: what ran, and what was in the store. */
  steps: z.strictObject({ ran: z.int(), reused: z.int() }),
  cells: z.array(CellResult),
});
/** How a sweep ended. */
export type SweepResult = z.infer<typeof SweepResult>;

/** The folder of one sweep, open for writing. */
export type SweepRecord = {
  readonly sweepId: string;
  readonly folder: string;
  readonly append: (event: NewSweepEvent) => SweepEvent;
  readonly finish: (result: SweepResult) => Promise<void>;
};

/** Begins the record of a sweep. */
export async function beginSweepRecord(
  home: string,
  document: GraphDocument,
): Promise<SweepRecord> {
  const sweepId = createSweepId();
  const folder = join(home, 'sweeps', sweepId);
  mkdirSync(folder, { recursive: true });
  await writeDurably(join(folder, 'graph.json'), printDocument(document));
  return {
    sweepId,
    folder,
    append(event) {
      const timed: SweepEvent = { time: new Date().toISOString(), ...event };
      appendFileSync(join(folder, 'events.jsonl'), `${JSON.stringify(timed)}\n`);
      return timed;
    },
    finish: (result) =>
      writeDurably(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`),
  };
}

/** Reads a finished sweep; `latest` is the newest that finished. @throws a usage error if there is none. */
export async function readSweep(
  home: string,
  wanted: string,
): Promise<{ readonly result: SweepResult; readonly graphText: string; readonly folder: string }> {
  const ids = (await listSweeps(home)).toReversed();
  for (const sweepId of wanted === 'latest' ? ids : ids.filter((id) => id === wanted)) {
    const folder = join(home, 'sweeps', sweepId);
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

/** Ids of all sweeps, oldest first. */
async function listSweeps(home: string): Promise<string[]> {
  try {
    return (await readdir(join(home, 'sweeps'))).sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

function createSweepId(): string {
  const stamp = new Date()
    .toISOString()
    .replace(/[-:.Z]/g, '')
    .replace('T', '-');
  return `${stamp}-${randomBytes(2).toString('hex')}`;
}
