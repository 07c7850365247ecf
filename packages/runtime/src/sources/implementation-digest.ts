/** What code a node's result depends on: the file that defines it and everything that this file imports. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeType } from '@radiograph/graph';
import { createClosures, readSource } from './source-closure.ts';

/** Node types together with the folders of their sources. */
export type NodePackage = {
  readonly name: string;
  /** Absolute paths: the package's own sources first. A node type whose file is not found there depends on all files of all folders. */
  readonly sourceFolders: readonly string[];
  readonly nodeTypes: readonly NodeType[];
};

/** Finds the implementation digest of a node type. Sources are read once, when the first digest is asked for. */
export function createImplementationDigests(
  packages: readonly NodePackage[],
): (type: string) => Promise<string> {
  const closures = createClosures();
  const known = new Map<string, string>();
  const owners = new Map(
    packages.flatMap((owner) => owner.nodeTypes.map(({ type }) => [type, owner] as const)),
  );
  const definitions = new Map<NodePackage, Definitions>();
  const define = (owner: NodePackage): Definitions => {
    const found = definitions.get(owner) ?? findDefinitions(owner);
    definitions.set(owner, found);
    return found;
  };
  return async (type) => {
    const owner = owners.get(type);
    if (owner === undefined) throw new Error(`internal: no package defines ${type}`);
    const { byType, all } = define(owner);
    const digest = known.get(type) ?? closures.digest(byType.get(type) ?? all());
    known.set(type, digest);
    return digest;
  };
}

type Definitions = {
  /** The files that say `type: '<type>'` beside a `defineNode`: normally one. */
  readonly byType: ReadonlyMap<string, readonly string[]>;
  readonly all: () => readonly string[];
};

function findDefinitions({ sourceFolders }: NodePackage): Definitions {
  const byType = new Map<string, string[]>();
  for (const path of sourceFolders.slice(0, 1).flatMap(listSources)) {
    for (const type of readSource(path).nodeTypes)
      byType.set(type, [...(byType.get(type) ?? []), path]);
  }
  return { byType, all: () => sourceFolders.flatMap(listSources) };
}

function listSources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name))
    .filter((entry) => !/\.test\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
