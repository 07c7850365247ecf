/** The installed node types, read once when the page opens. */
import type { NodeDescription, Port } from '@radiograph/graph';
import { splitReference } from '@radiograph/graph';
import { createStore, useStore } from 'zustand';

export type Catalog = ReadonlyMap<string, NodeDescription>;

export const catalogStore = createStore<{ readonly types: Catalog }>(() => ({ types: new Map() }));

/** Replaces the node types. */
export function setCatalog(nodeTypes: readonly NodeDescription[]): void {
  catalogStore.setState({ types: new Map(nodeTypes.map((type) => [type.type, type])) });
}

/** The installed node types by name. */
export const useCatalog = (): Catalog => useStore(catalogStore, ({ types }) => types);

/** The port that a reference such as `mixer.rho` names, on the given side; undefined if it is unknown. */
export function findPort(
  nodes: Readonly<Record<string, { readonly type: string }>>,
  reference: string,
  side: 'inputs' | 'outputs',
): Port | undefined {
  const { nodeId, name } = splitReference(reference);
  const type = nodes[nodeId]?.type;
  return type === undefined ? undefined : catalogStore.getState().types.get(type)?.[side][name];
}
