/** The one place where node packages are listed. */
import { fileURLToPath } from 'node:url';
import { createRegistry, type NodeType } from '@radiograph/graph';
import { chexsegNodes } from '@radiograph/nodes-chexseg';
import { coreNodes } from '@radiograph/nodes-core';
import { type NodePackage, nodeTypesOf } from '@radiograph/runtime';

// What a result depends on: the node package itself, values and frames (kinds), file readers (formats), random numbers and scores
// (statistics), and the engine (tensor).
function workspacePackage(name: string, nodeTypes: readonly NodeType[]): NodePackage {
  const sourceFolders = [name, 'kinds', 'graph', 'formats', 'statistics', 'tensor'].map((folder) =>
    fileURLToPath(new URL(`../../../packages/${folder}/src`, import.meta.url)),
  );
  return { name: `@radiograph/${name}`, sourceFolders, nodeTypes };
}

/** Every installed node package. */
export const nodePackages: readonly NodePackage[] = [
  workspacePackage('nodes-core', coreNodes),
  workspacePackage('nodes-chexseg', chexsegNodes),
];

/** Every installed node type. */
export const registry = createRegistry(nodeTypesOf(nodePackages));
