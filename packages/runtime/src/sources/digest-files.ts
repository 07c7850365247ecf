/** Files -> digests: what is known by identity is taken over, the rest is read, in threads where it is much. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openThreads, serveTasks } from '@radiograph/threads';
import {
  changedMs,
  digestLength,
  digestOf,
  type FileTable,
  hasSameIdentity,
  sizeOf,
} from './file-table.ts';

/** Files of one folder that are to be read, and where their digests go: `[N, 32]`. */
type DigestTask = {
  readonly folder: string;
  readonly names: readonly string[];
  readonly sizes: readonly number[];
};

const smallSize = 2 ** 20;
const atOnce = 256; // files of a task: a message for each would cost as much as its digest
const worthThreads = 2000;

/** Reads files in order. @throws what the file system says. */
async function digestTask({ folder, names, sizes }: DigestTask): Promise<Uint8Array> {
  const digests = new Uint8Array(names.length * digestLength);
  for (const [i, name] of names.entries())
    digests.set(await digestFile(join(folder, name), sizes[i]!), i * digestLength);
  return digests;
}

/** Small files are read at once: a stream for each of 200,000 takes ten times as long. */
async function digestFile(path: string, size: number): Promise<Uint8Array> {
  const hash: Hash = createHash('sha256');
  if (size <= smallSize) hash.update(readFileSync(path));
  else await pipeline(createReadStream(path), hash);
  return hash.digest();
}

serveTasks(import.meta.url, digestTask);

/** Takes over the digests of files whose identity `known` has; returns the rows that must be read. */
export function takeKnown(table: FileTable, known: FileTable | undefined): number[] {
  const missing: number[] = [];
  const places =
    known === undefined || isSameList(table.names, known.names)
      ? undefined
      : new Map(known.names.map((name, i) => [name, i]));
  for (const [i, name] of table.names.entries()) {
    if (sizeOf(table, i) < 0) continue;
    const j = places === undefined ? i : places.get(name);
    const digest =
      known !== undefined && j !== undefined && hasSameIdentity(table, i, known, j)
        ? digestOf(known, j)
        : undefined;
    if (digest === undefined) missing.push(i);
    else table.digests.set(digest, i * digestLength);
  }
  return missing;
}

const isSameList = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, i) => name === other[i]);

/** Reads the files of these rows below `folder` and writes their digests; `onChunk` is told now and then that more are known. */
export async function readMissing(
  table: FileTable,
  missing: readonly number[],
  { folder, onChunk }: { readonly folder: string; readonly onChunk: () => Promise<void> },
): Promise<void> {
  const threads =
    missing.length >= worthThreads
      ? openThreads<DigestTask, Uint8Array>(new URL(import.meta.url), availableParallelism())
      : undefined;
  const ask = threads?.ask ?? digestTask;
  let next = 0;
  const work = async () => {
    while (next < missing.length) {
      const rows = missing.slice(next, next + atOnce);
      next += atOnce;
      const names = rows.map((i) => table.names[i]!);
      const digests = await ask({ folder, names, sizes: rows.map((i) => sizeOf(table, i)) });
      for (const [k, i] of rows.entries())
        table.digests.set(
          digests.subarray(k * digestLength, (k + 1) * digestLength),
          i * digestLength,
        );
      await onChunk();
    }
  };
  try {
    await Promise.all(
      Array.from({ length: threads === undefined ? 1 : 2 * availableParallelism() }, work),
    );
  } finally {
    await threads?.close();
  }
}

// A file this young may still be written within the clock's resolution; its digest is not kept. Nor that of one from the future.
const settleMs = 2000;

/** The table without the digests of files that may still change unseen. */
export function withoutYoung(table: FileTable, nowMs: number): FileTable {
  const digests = table.digests.slice();
  for (let i = 0; i < table.names.length; i++)
    if (nowMs - changedMs(table, i) <= settleMs)
      digests.fill(0, i * digestLength, (i + 1) * digestLength);
  return { ...table, digests };
}
