/** A folder -> its files, with what the file system says of each. */
import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { dataError } from '@radiograph/graph';
import { isErrno } from '../store/files.ts';
import { type Identity, identityOf } from './file-table.ts';

/** Files of a folder by name and row, and its subfolders. */
export type Folder = {
  readonly files: readonly (readonly [name: string, row: number])[];
  readonly folders: readonly (readonly [name: string, folder: Folder])[];
};

/** A folder with all that is in it, links followed. */
export type Tree = {
  readonly root: Folder;
  /** Below the folder, by row. */
  readonly names: readonly string[];
  readonly identities: readonly Identity[];
};

/** Files between two looks at other work, so that a server stays awake. */
export const pauseEvery = 2000;

/** A file as a tree of its own: its name below itself is empty. */
export function treeOfFile(stats: Stats): Tree {
  return {
    root: { files: [['', 0]], folders: [] },
    names: [''],
    identities: [identityOf(stats)],
  };
}

/** Looks at every file. @throws a data error for a link that leads nowhere or back. */
export async function walkFolder(root: string): Promise<Tree> {
  const found = { root, names: [] as string[], identities: [] as Identity[], count: 0 };
  return { ...found, root: await walk(found, '', []) };
}

type Found = { root: string; names: string[]; identities: Identity[]; count: number };

async function walk(found: Found, place: string, above: readonly string[]): Promise<Folder> {
  const path = join(found.root, place);
  const within = [...above, notWithin(path, above)];
  const files: [string, number][] = [];
  const folders: [string, Folder][] = [];
  for (const entry of readdirSync(path, { withFileTypes: true }).sort(byName)) {
    if (++found.count % pauseEvery === 0) await setImmediate();
    const { name } = entry;
    const below = place === '' ? name : `${place}/${name}`;
    const stats = entry.isDirectory() ? undefined : look(join(path, name));
    if (stats === undefined || stats.isDirectory())
      folders.push([name, await walk(found, below, within)]);
    else if (stats.isFile()) {
      found.identities.push(identityOf(stats));
      files.push([name, found.names.push(below) - 1]);
    }
  }
  return { files, folders };
}

/** Where a folder really is. @throws a data error if links lead back to it. */
function notWithin(path: string, above: readonly string[]): string {
  const real = realpathSync(path);
  if (!above.includes(real)) return real;
  throw dataError(path, 'expected a folder that does not contain itself, got a link to one above');
}

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : 1);

/** What the file system says. @throws a data error if there is nothing. */
export function look(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    throw dataError(path, 'expected a file or folder, got nothing', { cause: error });
  }
}
