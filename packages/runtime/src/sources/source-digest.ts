/**
 * Content digests of files and folders: a Merkle tree over names and contents, with a cache by size and modification time.
 *
 * A folder's digest is that of its entries' names and digests. A folder whose entries all have the size and time that they had is not
 * hashed again, and a file of known size and time is not read again. The walk looks at every file, because a folder's own time says nothing
 * about the content of its files; links are followed.
 */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  type Dirent,
  readdirSync,
  readFileSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { dataError } from '@radiograph/graph';
import { digestBytes, isErrno, readTextIfPresent, writeDurably } from '../store/files.ts';

/** Digests files and folders. Call `save` when done, so that the next process need not read them again. */
export type SourceDigests = {
  /** @throws a data error if there is no such file or folder. */
  readonly digest: (path: string) => Promise<string>;
  readonly save: () => Promise<void>;
};

/** What is known of one folder; the lists run in parallel. A file without a digest may still change. */
type KnownFolder = {
  readonly names: readonly string[];
  readonly sizes: readonly number[];
  readonly times: readonly number[];
  readonly digests: readonly (string | null)[];
};
/** By path below the source, `` for itself. */
type Known = Record<string, KnownFolder>;

type File = { readonly name: string; readonly size: number; readonly time: number };

// A file this young may still be written within the clock's resolution; its digest is not kept. Nor that of one from the future.
const settleMs = 2000;
const pauseEvery = 2000; // files between two looks at other work, so that a server stays awake
const readAtOnce = 8;
const smallSize = 2 ** 20;

/** Opens the cache of a `.radiograph` folder: one file for each source. */
export function openSourceDigests(home: string): SourceDigests {
  const sources = new Map<string, Known>();
  const changed = new Map<string, Known>();
  const cachePath = (path: string) =>
    join(home, 'sources', `${digestBytes(path).slice(0, 32)}.json`);
  return {
    async digest(path) {
      const before = sources.get(path) ?? parseKnown(await readTextIfPresent(cachePath(path)));
      const walk = createWalk(before);
      const stats = look(path);
      const digest = stats.isDirectory()
        ? await walk.folder(path, '', [])
        : await walk.files(path, '', [{ name: '', size: stats.size, time: stats.mtimeMs }]);
      sources.set(path, walk.after);
      if (walk.hasRead()) changed.set(path, walk.after);
      return digest;
    },
    async save() {
      // Without it the next start is slower.
      for (const [path, known] of changed)
        await writeDurably(cachePath(path), JSON.stringify(known)).catch(() => {});
      changed.clear();
    },
  };
}

function createWalk(before: Known) {
  const after: Known = {};
  let count = 0;
  let hasRead = false;
  /** Digests the files of one folder; those of subfolders come as lines. */
  async function files(
    path: string,
    place: string,
    list: readonly File[],
    lines: readonly string[] = [],
  ): Promise<string> {
    const digests = await digestFiles(path, list, before[place], () => {
      hasRead = true;
    });
    const now = Date.now();
    after[place] = {
      names: list.map(({ name }) => name),
      sizes: list.map(({ size }) => size),
      times: list.map(({ time }) => time),
      digests: list.map(({ time }, i) => (now - time > settleMs ? digests[i]! : null)),
    };
    const own = list.map(({ name }, i) => `${name}\0${digests[i]}`);
    return digestBytes([...own, ...lines].join('\n'));
  }
  async function folder(path: string, place: string, above: readonly string[]): Promise<string> {
    const within = [...above, notWithin(path, above)];
    const list: File[] = [];
    const lines: string[] = [];
    for (const entry of readdirSync(path, { withFileTypes: true }).sort(byName)) {
      if (++count % pauseEvery === 0) await setImmediate();
      const { name } = entry;
      const stats = entry.isDirectory() ? undefined : look(join(path, name));
      if (stats === undefined || stats.isDirectory())
        lines.push(`${name}/\0${await folder(join(path, name), `${place}/${name}`, within)}`);
      else if (stats.isFile()) list.push({ name, size: stats.size, time: stats.mtimeMs });
    }
    return files(path, place, list, lines);
  }
  return { after, files, folder, hasRead: () => hasRead };
}

/** Where a folder really is. @throws a data error if links lead back to it. */
function notWithin(path: string, above: readonly string[]): string {
  const real = realpathSync(path);
  if (!above.includes(real)) return real;
  throw dataError(path, 'expected a folder that does not contain itself, got a link to one above');
}

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : 1);

async function digestFiles(
  path: string,
  list: readonly File[],
  known: KnownFolder | undefined,
  onRead: () => void,
): Promise<string[]> {
  const places = new Map(known?.names.map((name, i) => [name, i]));
  const digests = list.map(({ name, size, time }) => {
    const i = places.get(name);
    const isSame = i !== undefined && known!.sizes[i] === size && known!.times[i] === time;
    return isSame ? known!.digests[i]! : null;
  });
  const missing = digests.flatMap((digest, i) => (digest === null ? [i] : []));
  if (missing.length > 0) onRead();
  let next = 0;
  const reader = async () => {
    while (next < missing.length) {
      const i = missing[next++]!;
      digests[i] = await digestFile(join(path, list[i]!.name), list[i]!.size);
      if (i % pauseEvery === 0) await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: readAtOnce }, reader));
  return digests as string[]; // none is missing any more
}

/** Small files are read at once: a stream for each of 200,000 takes ten times as long. */
async function digestFile(path: string, size: number): Promise<string> {
  if (size <= smallSize) return digestBytes(readFileSync(path));
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function look(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    throw dataError(path, 'expected a file or folder, got nothing', { cause: error });
  }
}

/** A damaged cache is only a slower start. */
function parseKnown(text: string | undefined): Known {
  try {
    return JSON.parse(text ?? '{}') as Known;
  } catch {
    return {};
  }
}
