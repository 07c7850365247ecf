/** What the files of a journal say: read once, then only what was added. */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno } from './files.ts';
import { type Line, scanLine } from './journal-line.ts';

/** A line and its file. */
export type PlacedLine = Line & { readonly path: string };

/** What has been read of a journal. */
export type Index = {
  /** How much of each file has been read: whole lines. */
  readonly read: Map<string, number>;
  readonly byKey: Map<string, PlacedLine>;
  readonly byName: Map<string, PlacedLine[]>;
  readonly dropped: Set<string>;
  folderMs: number;
};

/** Nothing yet. */
export const emptyIndex = (): Index => ({
  read: new Map(),
  byKey: new Map(),
  byName: new Map(),
  dropped: new Set(),
  folderMs: 0,
});

/** All lines; of a key the newest first. */
export function listLines({ byKey, byName }: Index): PlacedLine[] {
  return [...new Set([...byKey.values(), ...[...byName.values()].flat()])];
}

/** Reads what has been added. Where a file is gone or has shrunk (a collection made it anew), everything is read again. */
export function catchUp(folder: string, index: Index): Index {
  const folderMs = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (folderMs !== index.folderMs)
    for (const path of listJournal(folder)) if (!index.read.has(path)) index.read.set(path, 0);
  index.folderMs = folderMs;
  for (const [path, known] of index.read) {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? -1;
    if (size < known) return catchUp(folder, emptyIndex());
    if (size > known) include(index, path, readFrom(path, known, size));
  }
  return index;
}

function listJournal(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.log') || name.endsWith('.old'))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

function readFrom(path: string, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(to - from);
  try {
    const file = openSync(path, 'r');
    try {
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return bytes.subarray(0, 0); // collected meanwhile: the next look tells
    throw error;
  }
}

const lineBreak = 0x0a;

/** What follows the last break may be a line that another process is writing. */
export function include(index: Index, path: string, bytes: Buffer): void {
  let start = 0;
  for (let end = bytes.indexOf(lineBreak); end >= 0; end = bytes.indexOf(lineBreak, start)) {
    if (end > start) includeLine(index, path, bytes.subarray(start, end));
    start = end + 1;
  }
  index.read.set(path, (index.read.get(path) ?? 0) + start);
}

function includeLine(index: Index, path: string, bytes: Buffer): void {
  const found = scanLine(bytes);
  if (found === undefined) return;
  if ('drop' in found) {
    forget(index, found.drop);
    return;
  }
  const line: PlacedLine = { ...found.step, path };
  if (index.dropped.has(line.sum)) return;
  index.byKey.set(line.key, line);
  for (const name of line.names) {
    const others = index.byName.get(name);
    if (others === undefined) index.byName.set(name, [line]);
    else others.push(line);
  }
}

function forget(index: Index, sum: string): void {
  index.dropped.add(sum); // its line may be in a file that is read later
  const line = listLines(index).find((other) => other.sum === sum);
  if (line === undefined) return;
  if (index.byKey.get(line.key)?.sum === sum) index.byKey.delete(line.key);
  for (const digest of line.names) {
    const others = index.byName.get(digest)?.filter((other) => other.sum !== sum) ?? [];
    if (others.length === 0) index.byName.delete(digest);
    else index.byName.set(digest, others);
  }
}
