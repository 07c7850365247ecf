/** Content digests of files and folders, through a cache keyed by size and modification time. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { dataError } from '@radiograph/graph';
import { digestBytes, isErrno, readTextIfPresent, writeDurably } from '../store/files.ts';

type Entry = { readonly size: number; readonly modifiedMs: number; readonly digest: string };

/** Digests files and folders. Call `save` when done, so that the next process need not read them again. */
export type SourceDigests = {
  /** @throws a data error if there is no such file or folder. */
  readonly digest: (path: string) => Promise<string>;
  readonly save: () => Promise<void>;
};

// A file this young may still be written within the clock's resolution; its digest is not kept.
const settleMs = 2000;

/** Opens the cache of a `.radiograph` folder. */
export async function openSourceDigests(home: string): Promise<SourceDigests> {
  const cachePath = join(home, 'sources.json');
  const cache = parseCache(await readTextIfPresent(cachePath));
  const fresh = new Map<string, Entry>();
  const digestFile = async (path: string): Promise<string> => {
    const { size, mtimeMs } = await stat(path);
    const known = cache.get(path);
    if (known !== undefined && known.size === size && known.modifiedMs === mtimeMs)
      return known.digest;
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    const entry = { size, modifiedMs: mtimeMs, digest: hash.digest('hex') };
    if (Date.now() - mtimeMs > settleMs) fresh.set(path, entry);
    return entry.digest;
  };
  return {
    async digest(path) {
      const files = await listFiles(path);
      const lines: string[] = [];
      for (const file of files) lines.push(`${relative(path, file)}\0${await digestFile(file)}`);
      return digestBytes(lines.join('\n'));
    },
    async save() {
      if (fresh.size === 0) return;
      const text = JSON.stringify(Object.fromEntries([...cache, ...fresh]));
      await writeDurably(cachePath, text).catch(() => {}); // without it the next start is slower
    },
  };
}

/** A damaged cache is only a slower start. */
function parseCache(text: string | undefined): Map<string, Entry> {
  try {
    return new Map(Object.entries(JSON.parse(text ?? '{}') as Record<string, Entry>));
  } catch {
    return new Map();
  }
}

async function listFiles(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const entries = await readdir(path, { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT'))
      throw dataError(path, 'expected a file or folder, got nothing', { cause: error });
    throw error;
  }
}
