/** A folder of a data set -> its files, links followed, and what was left out, by reason. */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dataError } from '@radiograph/graph';
import { describeOther, explainFileError } from './read-file.ts';

/** A file of a folder. */
export type FoundFile = {
  /** Below the folder, with slashes, as it is spelled on disk. */
  readonly name: string;
  readonly path: string;
};

/** Names of what was not taken, by reason. */
export type LeftOut = ReadonlyMap<string, readonly string[]>;

export type FolderContent = {
  /** Sorted by name. */
  readonly files: readonly FoundFile[];
  /** Sub-folders, also those that links lead to, sorted by name. */
  readonly folders: readonly FoundFile[];
  readonly leftOut: LeftOut;
};

export type WalkOptions = {
  /** What the folder should be: "a folder of DICOM files". */
  readonly expected: string;
  /** Whether files of sub-folders are listed, too. */
  readonly deep: boolean;
};

const systemFiles =
  /^(\._.*|\.ds_store|thumbs\.db|ehthumbs\.db|desktop\.ini|dicomdir|__macosx|@eadir)$/i;

/**
 * Lists a folder. Links are followed; every folder is entered once, so a loop ends. Files of the system (`._a.png`, `.DS_Store`,
 * `Thumbs.db`, `DICOMDIR`, ...), hidden ones, links to nothing, devices and pipes are left out and counted.
 *
 * @throws a data error if the folder, or one in it, is not there or may not be read.
 */
export async function walkFolder(
  path: string,
  { expected, deep }: WalkOptions,
): Promise<FolderContent> {
  const walk: Walk = { expected, files: [], folders: [], leftOut: new Map(), entered: new Set() };
  let waiting: readonly FoundFile[] = [{ name: '', path }];
  // Links wait until all real folders were entered, so a file is listed in its own place first.
  while (waiting.length > 0) {
    const linked: FoundFile[] = [];
    for (const folder of waiting) {
      const real = await realpath(folder.path).catch((error: unknown) => {
        throw explainFolderError(error, folder.path, expected);
      });
      await enter({ ...folder, real }, walk, { deep, linked });
    }
    waiting = linked;
  }
  const byName = (a: FoundFile, b: FoundFile) => (a.name < b.name ? -1 : 1);
  return {
    files: walk.files.sort(byName),
    folders: walk.folders.sort(byName),
    leftOut: walk.leftOut,
  };
}

type Walk = {
  readonly expected: string;
  readonly files: FoundFile[];
  readonly folders: FoundFile[];
  readonly leftOut: Map<string, string[]>;
  /** Real paths. */
  readonly entered: Set<string>;
};
type Entering = { readonly deep: boolean; readonly linked: FoundFile[] };

/** A folder with its path free of links. */
type RealFolder = FoundFile & { readonly real: string };

async function enter(folder: RealFolder, walk: Walk, entering: Entering): Promise<void> {
  const { real } = folder;
  if (walk.entered.has(real)) {
    leaveOut(walk, 'links to folders that are listed', folder.name);
    return;
  }
  walk.entered.add(real);
  for (const entry of await listEntries(folder.path, walk.expected)) {
    const name = folder.name === '' ? entry.name : `${folder.name}/${entry.name}`;
    const found = { name, path: join(folder.path, entry.name) };
    const what = await describeEntry(entry, found.path);
    if (what === 'file') walk.files.push(found);
    else if (what !== 'folder') leaveOut(walk, what, name);
    else walk.folders.push(found);
    if (what !== 'folder' || !entering.deep) continue;
    if (entry.isSymbolicLink()) entering.linked.push(found);
    else await enter({ ...found, real: join(real, entry.name) }, walk, entering);
  }
}

/** file, folder, or why it is left out. */
async function describeEntry(entry: Dirent, path: string): Promise<string> {
  if (systemFiles.test(entry.name)) return 'files of the system';
  if (entry.name.startsWith('.')) return 'hidden files';
  const found = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
  if (found === undefined) return 'links to nothing';
  const other = describeOther(found);
  if (other === undefined) return 'file';
  return other === 'a folder' ? 'folder' : 'devices, pipes and sockets';
}

function leaveOut({ leftOut }: Pick<Walk, 'leftOut'>, reason: string, name: string): void {
  const names = leftOut.get(reason);
  if (names === undefined) leftOut.set(reason, [name]);
  else names.push(name);
}

async function listEntries(path: string, expected: string): Promise<Dirent[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    throw explainFolderError(error, path, expected);
  });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function explainFolderError(error: unknown, path: string, expected: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOTDIR')
    return dataError(path, `expected ${expected}, got a file`, { cause: error });
  if (code === 'ENOENT')
    return dataError(path, `expected ${expected}, got nothing: there is no such folder`, {
      cause: error,
    });
  return explainFileError(error, path, expected);
}

/** Adds names of one more reason. */
export function addLeftOut(leftOut: LeftOut, reason: string, names: readonly string[]): LeftOut {
  if (names.length === 0) return leftOut;
  return new Map([...leftOut, [reason, [...(leftOut.get(reason) ?? []), ...names]]]);
}

const shownNames = 3;

/** `left out: 2 files of the system (._a.png, .DS_Store), 1 no image (notes.txt)`; undefined if nothing was. */
export function describeLeftOut(leftOut: LeftOut): string | undefined {
  if (leftOut.size === 0) return undefined;
  const parts = [...leftOut].map(([reason, names]) => `${names.length} ${reason} (${some(names)})`);
  return `left out: ${parts.join(', ')}`;
}

/** The first names, and how many more there are. */
export function some(names: readonly string[], most = shownNames): string {
  const rest = names.length - most;
  return names.slice(0, most).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
