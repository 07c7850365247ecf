/**
 * Content digests of files, folders and lists of files, with a cache by size, times and inode (`file-table.ts`).
 *
 * A folder's digest is a Merkle tree: that of its entries' names and digests. A file whose identity is that of before is not read again. The walk
 * looks at every file, because a folder's own time says nothing about the content of its files; links are followed.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { digestBytes, readBytesIfPresent, writeDurably } from '../store/files.ts';
import { readMissing, takeKnown, withoutYoung } from './digest-files.ts';
import {
  createFileTable,
  digestOf,
  type FileTable,
  identityOf,
  parseFileTable,
  printFileTable,
  setIdentity,
  sizeOf,
} from './file-table.ts';
import { type Folder, look, pauseEvery, treeOfFile, walkFolder } from './walk-folder.ts';

/** Files below a folder. */
export type ListedFiles = {
  /** Says which list it is: equal names have equal files as long as what they are made from stays as it is. */
  readonly id: string;
  readonly folder: string;
  readonly list: () => Promise<readonly string[]>;
  /** Whether a list that was made under this id is still right. */
  readonly isStable: boolean;
};

/** Digests files and folders. Call `save` when done, so that the next process need not read them again. */
export type SourceDigests = {
  /** @throws a data error if there is no such file or folder. */
  readonly digest: (path: string) => Promise<string>;
  /** Digests the files of a list in its order; a missing file counts as missing. */
  readonly digestList: (files: ListedFiles) => Promise<string>;
  readonly save: () => Promise<void>;
};

const saveEveryMs = 15_000; // of a long reading

/** Opens the cache of a `.radiograph` folder: one file for each source. */
export function openSourceDigests(home: string): SourceDigests {
  const tables = new Map<string, FileTable>();
  const changed = new Set<string>();
  const cachePath = (id: string) => join(home, 'sources', digestBytes(id).slice(0, 32));
  const write = async (id: string) => {
    // Without it the next start is slower.
    const bytes = printFileTable(withoutYoung(tables.get(id)!, Date.now()));
    await writeDurably(cachePath(id), bytes).catch(() => {});
  };
  const recall = async (id: string): Promise<FileTable | undefined> =>
    tables.get(id) ?? parseFileTable((await readBytesIfPresent(cachePath(id))) ?? new Uint8Array());
  /** Fills in the digests of a table. */
  const complete = async (id: string, table: FileTable, folder: string): Promise<void> => {
    const known = await recall(id);
    const missing = takeKnown(table, known);
    tables.set(id, table);
    if (missing.length === 0 && known?.names.length === table.names.length) return;
    changed.add(id);
    let savedMs = Date.now();
    const onChunk = async () => {
      if (Date.now() - savedMs < saveEveryMs) return;
      savedMs = Date.now();
      await write(id);
    };
    await readMissing(table, missing, { folder, onChunk });
  };
  return {
    async digest(path) {
      const stats = look(path);
      const tree = stats.isDirectory() ? await walkFolder(path) : treeOfFile(stats);
      const table = createFileTable(tree.names);
      for (const [i, identity] of tree.identities.entries()) setIdentity(table, i, identity);
      await complete(path, table, path);
      return digestTree(tree.root, table);
    },
    async digestList({ id, folder, list, isStable }) {
      const before = isStable ? (await recall(id))?.names : undefined;
      // An empty list may be that of a file which could not be read.
      const seen =
        before === undefined || before.length === 0 ? undefined : await lookAtList(folder, before);
      // A file that is gone may lie elsewhere now, where the list would find it.
      const table =
        seen === undefined || hasMissing(seen) ? await lookAtList(folder, await list()) : seen;
      await complete(id, table, folder);
      const lines = table.names.map((name, i) => `${name}\0${hexOf(table, i)}`);
      return digestBytes(lines.join('\n'));
    },
    async save() {
      for (const id of changed) await write(id);
      changed.clear();
    },
  };
}

function digestTree({ files, folders }: Folder, table: FileTable): string {
  const own = files.map(([name, row]) => `${name}\0${hexOf(table, row)}`);
  const lines = folders.map(([name, folder]) => `${name}/\0${digestTree(folder, table)}`);
  return digestBytes([...own, ...lines].join('\n'));
}

const hexOf = (table: FileTable, row: number): string =>
  sizeOf(table, row) < 0 ? 'missing' : Buffer.from(digestOf(table, row)!).toString('hex');

async function lookAtList(folder: string, names: readonly string[]): Promise<FileTable> {
  const table = createFileTable(names);
  for (const [i, name] of names.entries()) {
    const stats = statSync(join(folder, name), { throwIfNoEntry: false });
    setIdentity(table, i, stats?.isFile() ? identityOf(stats) : undefined);
    if (i % pauseEvery === pauseEvery - 1) await setImmediate();
  }
  return table;
}

const hasMissing = (table: FileTable): boolean => table.names.some((_, i) => sizeOf(table, i) < 0);
