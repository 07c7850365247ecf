/** Searches node types by words: title first, then type, ports and manual. */
import type { NodeDescription, PortKind } from '@radiograph/graph';
import Fuse from 'fuse.js';

/** The types that match, best first; all of them, by title, when nothing is typed. `kind` keeps those with such a port. */
export function searchTypes(
  types: readonly NodeDescription[],
  query: string,
  kind: PortKind | null = null,
): readonly NodeDescription[] {
  const offered = kind === null ? types : types.filter((type) => kindsOf(type).has(kind));
  if (query.trim() === '') return offered;
  const fuse = new Fuse(offered, {
    threshold: 0.32,
    ignoreLocation: true,
    keys: [
      { name: 'title', weight: 4 },
      { name: 'type', weight: 3 },
      { name: 'summary', weight: 1, getFn: ({ manual }) => manual.split('\n')[0] ?? '' },
      { name: 'kinds', weight: 1, getFn: (type) => [...kindsOf(type)] },
    ],
  });
  return fuse.search(query.trim()).map(({ item }) => item);
}

/** Every kind that a node type takes or gives. */
export function kindsOf({ inputs, outputs }: NodeDescription): Set<PortKind> {
  return new Set([...Object.values(inputs), ...Object.values(outputs)].map(({ kind }) => kind));
}
