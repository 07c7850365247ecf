/** What code a node's result depends on: the sources of its package and of the packages it uses. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeType } from '@radiograph/graph';
import { digestBytes } from '../store/files.ts';

/** Node types together with the source folders that their results depend on. */
export type NodePackage = {
  readonly name: string;
  /** Absolute paths of source folders: the package's own and those of its workspace dependencies. */
  readonly sourceFolders: readonly string[];
  readonly nodeTypes: readonly NodeType[];
};

/** Finds the implementation digest of a node type. Tests and texts do not count; each folder is read once. */
export function createImplementationDigests(
  packages: readonly NodePackage[],
): (type: string) => Promise<string> {
  const byFolder = new Map<string, Promise<string>>();
  const folderDigest = (folder: string): Promise<string> => {
    const known = byFolder.get(folder) ?? digestSources(folder);
    byFolder.set(folder, known);
    return known;
  };
  return async (type) => {
    const owner = packages.find(({ nodeTypes }) => nodeTypes.some((node) => node.type === type));
    if (owner === undefined) throw new Error(`internal: no package defines ${type}`);
    return digestBytes((await Promise.all(owner.sourceFolders.map(folderDigest))).join('\n'));
  };
}

async function digestSources(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name))
    .filter((entry) => !/\.test\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const digests = await Promise.all(
    paths.map(async (path) => `${path.slice(folder.length)}\0${digestBytes(await readFile(path))}`),
  );
  return digestBytes(digests.join('\n'));
}
