/** Runs that are kept whatever the budget says: `.radiograph/pins.json`. */
import { join } from 'node:path';
import { z } from 'zod';
import { listRuns, readRun } from '../run/run-record.ts';
import { readTextIfPresent, writeDurably } from '../store/files.ts';

const Pins = z.strictObject({
  /** Step keys by run id. */
  runs: z.record(z.string(), z.array(z.string())),
});
type Pins = z.infer<typeof Pins>;

const pinsPath = (home: string) => join(home, 'pins.json');

async function read(home: string): Promise<Pins> {
  const text = await readTextIfPresent(pinsPath(home));
  return text === undefined ? { runs: {} } : Pins.parse(JSON.parse(text));
}

/** Keys of all steps that a pinned run used. */
export async function readPins(home: string): Promise<ReadonlySet<string>> {
  return new Set(Object.values((await read(home)).runs).flat());
}

/** Ids of pinned runs. */
export async function listPins(home: string): Promise<string[]> {
  return Object.keys((await read(home)).runs);
}

/** Pins a finished run (`latest`: the newest): everything that it made or reused stays. Returns its id. */
export async function pinRun(home: string, wanted: string): Promise<string> {
  const { runId, steps } = await readRun(home, wanted);
  const keys = Object.values(steps).flatMap(({ key }) => (key === undefined ? [] : [key]));
  const { runs } = await read(home);
  await save(home, { runs: { ...runs, [runId]: keys } });
  return runId;
}

/** Takes a pin away; false if the run was not pinned. */
export async function unpinRun(home: string, wanted: string): Promise<boolean> {
  const runId = wanted === 'latest' ? ((await listRuns(home)).at(-1) ?? '') : wanted;
  const { [runId]: found, ...runs } = (await read(home)).runs;
  if (found !== undefined) await save(home, { runs });
  return found !== undefined;
}

const save = (home: string, pins: Pins) =>
  writeDurably(pinsPath(home), `${JSON.stringify(pins, null, 2)}\n`);
