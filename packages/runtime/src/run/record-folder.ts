/** Folders of records, `runs/` and `sweeps/`: their ids sort by time, and their events are lines of JSON. */
import { randomBytes } from 'node:crypto';
import { appendFileSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { explainStorage, isErrno } from '../store/files.ts';

const isRecord = (name: string): boolean => /^[\w-]+$/.test(name); // desktop.ini, .DS_Store and Thumbs.db are none
const isStamped = (name: string): boolean => /^\d{8}-\d{9}-[0-9a-f]+$/.test(name);

/** Ids of all records below a folder, oldest first; none if there is no folder. What Finder and Explorer leave there is none. */
export async function listRecords(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(isRecord).sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/** A new folder for a record, named by its id. @throws a data error if it cannot be made. */
export async function makeRecord(
  parent: string,
): Promise<{ readonly id: string; readonly folder: string }> {
  const id = createRecordId((await listRecords(parent)).filter(isStamped).at(-1));
  const folder = join(parent, id);
  makeFolder(folder);
  return { id, folder };
}

function makeFolder(folder: string): void {
  try {
    // Not `recursive` at once: on a read-only disk Node then says ENOENT instead of EROFS.
    mkdirSync(folder);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw explainStorage(error, folder);
    makeAll(folder);
  }
}

function makeAll(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw explainStorage(error, folder);
  }
}

/** Lines of events. Synchronous, so that a crash right after loses nothing. It owns an open file: close it. */
export type EventLines = {
  readonly append: (event: object) => void;
  /** Why lines were lost, a full disk; undefined if none were. It does not stop what is recorded. */
  readonly lost: () => unknown;
  readonly close: () => void;
};

/** Opens events.jsonl in a record's folder. */
export function openEventLines(folder: string): EventLines {
  const path = join(folder, 'events.jsonl');
  let lost: unknown;
  let file: number | undefined;
  return {
    append(event) {
      try {
        file ??= openSync(path, 'a');
        appendFileSync(file, `${JSON.stringify(event)}\n`);
      } catch (error) {
        lost ??= explainStorage(error, path);
      }
    },
    lost: () => lost,
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

const stampOf = (time: Date): string =>
  time
    .toISOString()
    .replace(/[-:.Z]/g, '')
    .replace('T', '-');

/** Sorts by time, to the millisecond; the tail keeps two records of one moment apart. Behind the newest also where the clock went back. */
function createRecordId(newest: string | undefined): string {
  const [day = '', time = ''] = newest?.split('-') ?? [];
  const now = stampOf(new Date());
  const stamp = `${day}-${time}` > now ? `${day}-${time}` : now;
  const tail = randomBytes(2).toString('hex');
  // Under an equal stamp the tail must rise too.
  return stamp === now ? `${stamp}-${tail}` : `${newest}${tail}`;
}
