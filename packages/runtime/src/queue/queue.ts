/**
 * The durable queue: `.radiograph/queue/`, one file per entry, shared by the command line, servers and runners.
 *
 * The name of an entry's file says where it stands, and every change is one rename or removal of that file. A rename has one winner, so
 * two runners never start the same entry; nothing is held in memory or locked, so a process may be killed at any moment.
 */
import { randomBytes } from 'node:crypto';
import { readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  exists,
  explainStorage,
  isErrno,
  readTextIfPresent,
  writeDurably,
} from '../store/files.ts';
import { renameFile } from '../store/rename.ts';
import { adoptOldQueue } from './adopt.ts';
import {
  compareStandings,
  parseStanding,
  printStanding,
  QueueEntry,
  type QueueState,
  type Standing,
} from './entry.ts';
import { chooseOrder } from './order.ts';
import { recover } from './recover.ts';
import { type Runners, watchRunners } from './runner-file.ts';

/** What a queue is asked to run. */
export type NewEntry = Omit<QueueEntry, 'id' | 'addedAt'> & { readonly priority?: number };

/** The queue of a `.radiograph` folder. */
export type Queue = {
  readonly home: string;
  readonly state: () => Promise<QueueState>;
  /** Puts a run behind those of its priority; default 0. Gives its id. */
  readonly add: (entry: NewEntry) => Promise<string>;
  readonly pause: (isPaused: boolean) => Promise<void>;
  /** Moves a waiting run to a place among those that wait, 0 being next; its priority follows. False if none of this id waits. */
  readonly move: (id: string, place: number) => Promise<boolean>;
  /** Takes a waiting run out; asks a running one to stop at its next batch. False if there is none of this id or run id. */
  readonly remove: (id: string) => Promise<boolean>;
  /** Calls back after each change that is made through this object; gives the way to stop. Other processes' are seen by looking. */
  readonly watch: (listener: () => void) => () => void;
};

/** The queue as runners see it. */
export type QueueFiles = {
  readonly home: string;
  readonly folder: string;
  readonly runners: Runners;
  readonly list: () => Promise<Standing[]>;
  readonly read: (standing: Standing) => Promise<QueueEntry>;
  /** Changes where an entry stands. False if another process was faster. */
  readonly change: (from: Standing, to: Partial<Standing>) => Promise<boolean>;
  readonly drop: (standing: Standing) => Promise<boolean>;
  readonly isPaused: () => Promise<boolean>;
};

/** Opens the files of the queue under `home`; its folder is made by the first entry. */
export function openQueueFiles(home: string): QueueFiles {
  const folder = join(home, 'queue');
  const pathOf = (standing: Standing) => join(folder, printStanding(standing));
  const entries = new Map<string, QueueEntry>(); // they never change
  let adopted: Promise<void> | undefined;
  return {
    home,
    folder,
    runners: watchRunners(folder),
    isPaused: () => exists(join(folder, 'paused')),
    async list() {
      adopted ??= adoptOldQueue(home, folder);
      await adopted;
      const files = await readdir(folder).catch(orElse('ENOENT', [] as string[]));
      const standings = files.flatMap((file) => parseStanding(file) ?? []);
      const listed = new Set(standings.map(({ id }) => id));
      for (const id of entries.keys()) if (!listed.has(id)) entries.delete(id);
      return standings.sort(compareStandings);
    },
    async read(standing) {
      const known = entries.get(standing.id);
      if (known !== undefined) return known;
      const text = await readTextIfPresent(pathOf(standing));
      if (text === undefined) throw new Moved();
      const entry = parseEntry(text, standing.id);
      entries.set(standing.id, entry);
      return entry;
    },
    change: (from, to) =>
      renameFile(pathOf(from), pathOf({ ...from, ...to })).then(
        () => true,
        orElse('ENOENT', false),
      ),
    drop: (standing) => unlink(pathOf(standing)).then(() => true, orElse('ENOENT', false)),
  };
}

/** An entry changed its name between two looks: look again. */
class Moved extends Error {}

const orElse =
  <T>(code: string, value: T) =>
  (error: unknown): T => {
    if (isErrno(error, code)) return value;
    throw explainStorage(error, '.radiograph/queue');
  };

/** A file that the disk damaged stays in the queue under a name that says so; to run it fails with the reason. */
function parseEntry(text: string, id: string): QueueEntry {
  try {
    return QueueEntry.parse(JSON.parse(text));
  } catch {
    const name = `${id} (damaged on disk)`;
    return { id, name, graphPath: '/', text: '', only: null, engine: 'ort', addedAt: '' };
  }
}

/** Opens the queue of a `.radiograph` folder. */
export function openQueue(home: string): Queue {
  const files = openQueueFiles(home);
  const listeners = new Set<() => void>();
  const told = async <T>(result: T | Promise<T>): Promise<T> => {
    const value = await result;
    for (const listener of listeners) listener();
    return value;
  };
  return {
    home,
    state: () => readState(files),
    add: (entry) => told(add(files, entry)),
    pause: (isPaused) => told(pause(files, isPaused)),
    move: (id, place) => told(move(files, id, place)),
    remove: (id) => told(remove(files, id)),
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Reads the queue. What a dead runner had is shown as waiting: the next one goes on with it. */
export async function readState(files: QueueFiles): Promise<QueueState> {
  for (;;) {
    try {
      const standings = await files.list();
      const runs = await Promise.all(standings.map((standing) => show(files, standing)));
      return { isPaused: await files.isPaused(), runs };
    } catch (error) {
      if (!(error instanceof Moved)) throw error;
    }
  }
}

async function show(files: QueueFiles, standing: Standing): Promise<QueueState['runs'][number]> {
  const entry = await files.read(standing);
  const { priority, status, runner } = standing;
  if (status === 'waiting') return { ...entry, priority, status, runId: null };
  const { isAlive, runId } = await files.runners.read(runner);
  if (isAlive) return { ...entry, priority, status, runId };
  return { ...entry, priority, status: status === 'running' ? 'waiting' : status, runId: null };
}

async function add(files: QueueFiles, { priority = 0, ...wanted }: NewEntry): Promise<string> {
  const now = new Date().toISOString();
  const id = `${now.replace(/\D/g, '')}-${randomBytes(3).toString('hex')}`;
  const entry: QueueEntry = { ...wanted, id, addedAt: now };
  const place = 1 + Math.max(0, ...(await files.list()).map((other) => other.place));
  const standing: Standing = { id, priority, place, status: 'waiting', runner: '' };
  const path = join(files.folder, printStanding(standing));
  await writeDurably(path, `${JSON.stringify(entry, null, 2)}\n`);
  return id;
}

async function pause({ folder }: QueueFiles, isPaused: boolean): Promise<void> {
  const path = join(folder, 'paused');
  if (isPaused) await writeDurably(path, '');
  else await rm(path, { force: true });
}

async function move(files: QueueFiles, id: string, place: number): Promise<boolean> {
  await recover(files);
  const waiting = (await files.list()).filter(({ status }) => status === 'waiting');
  const standing = waiting.find((one) => one.id === id);
  if (standing === undefined) return false;
  const others = waiting.filter((one) => one !== standing);
  return files.change(standing, chooseOrder(standing, others, place));
}

async function remove(files: QueueFiles, wanted: string): Promise<boolean> {
  await recover(files);
  for (;;) {
    const standing = await find(files, wanted);
    if (standing === undefined) return false;
    if (standing.status === 'canceling') return true;
    const done =
      standing.status === 'running'
        ? await files.change(standing, { status: 'canceling' })
        : await files.drop(standing);
    if (done) return true; // else it began or ended just now: look again
  }
}

async function find(files: QueueFiles, wanted: string): Promise<Standing | undefined> {
  const { runs } = await readState(files);
  const id = runs.find((run) => run.id === wanted || run.runId === wanted)?.id;
  return id === undefined ? undefined : (await files.list()).find((one) => one.id === id);
}
