/** What is selected: nodes, notes and groups by id, wires by name. */
import { createStore, useStore } from 'zustand';

export type Selection = {
  readonly nodes: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
};

const nothing: ReadonlySet<string> = new Set();

export const selectionStore = createStore<Selection>(() => ({ nodes: nothing, edges: nothing }));

/** Reads a part of the selection; renders again when it changes. */
export const useSelection = <T>(select: (selection: Selection) => T): T =>
  useStore(selectionStore, select);

/** Selects exactly these. */
export function select(nodes: Iterable<string>, edges: Iterable<string> = []): void {
  selectionStore.setState({ nodes: new Set(nodes), edges: new Set(edges) });
}
