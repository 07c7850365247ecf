/** Adds lines to a journal: one write each, while other processes append to the same file and a collection may take it away. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { explainStorage, isErrno } from './files.ts';
import { type Index, include } from './journal-index.ts';

const mostFiles = 16; // each costs a look per lookup; only hosts that change their names make many

/** Appends a line, which begins with a break: a torn one before it spoils only itself. False if there is no room. */
export function appendLine(
  folder: string,
  index: Index,
  { text, room }: { text: string; room: number },
): boolean {
  const bytes = Buffer.from(`\n${text}\n`);
  const gone = new Set<string>();
  try {
    for (;;) {
      const file = chooseFile(folder, index, { gone, bytes: bytes.length, room });
      if (file === undefined) return false;
      const size = appendTo(file, bytes);
      if (file.isNew) touch(folder);
      // What went to a file that a collection took meanwhile may not have been seen by it.
      if (size !== undefined && existsSync(file.path)) {
        const known = index.read.get(file.path) ?? 0;
        if (size === known + bytes.length) include(index, file.path, bytes); // else the next look reads what others wrote
        return true;
      }
      if (!existsSync(file.path)) gone.add(file.path);
    }
  } catch (error) {
    throw explainStorage(error, folder);
  }
}

const host = hostname().replaceAll(/[^\w.]/g, '_');

/** A new name for a file of the journal; those of one host begin alike. */
export const newFile = (folder: string): string => join(folder, `${host}-${randomUUID()}.log`);

type Target = { readonly path: string; readonly isNew: boolean };
type Need = { readonly gone: ReadonlySet<string>; readonly bytes: number; readonly room: number };

function chooseFile(folder: string, { read }: Index, { gone, bytes, room }: Need) {
  let total = bytes;
  for (const size of read.values()) total += size;
  if (total > room) return undefined;
  const own = join(folder, `${host}-`);
  for (const path of read.keys())
    if (path.startsWith(own) && path.endsWith('.log') && !gone.has(path))
      return { path, isNew: false };
  return read.size - gone.size < mostFiles ? { path: newFile(folder), isNew: true } : undefined;
}

/** Others look by the folder's time whether there is a new file; the system sets it so coarsely that two changes may get the same. */
function touch(folder: string): void {
  const seconds = (performance.timeOrigin + performance.now()) / 1000;
  utimesSync(folder, seconds, seconds);
}

/** The size of the file afterwards; undefined if it is gone, or if not all was written, which a second attempt explains. */
function appendTo(target: Target, bytes: Buffer): number | undefined {
  const file = openToAppend(target);
  if (file === undefined) return undefined;
  try {
    return writeSync(file, bytes) < bytes.length ? undefined : fstatSync(file).size;
  } finally {
    closeSync(file);
  }
}

const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants;

/** A file that a collection took is not made again: whoever still writes to it sees by its name that it is gone. */
function openToAppend({ path, isNew }: Target): number | undefined {
  const flags = O_WRONLY | O_APPEND | (isNew ? O_CREAT | O_EXCL : 0);
  try {
    return openSync(path, flags, 0o666);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    if (!isNew) return undefined;
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, flags, 0o666);
  }
}
