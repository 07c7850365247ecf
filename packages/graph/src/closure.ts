import { type DocumentEdge, splitReference } from './document.ts';

/** These nodes and everything that the wires lead to from them, `before` or `after`. */
export function closureOf(
  edges: readonly DocumentEdge[],
  ids: readonly string[],
  direction: 'before' | 'after',
): ReadonlySet<string> {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const ends = [splitReference(from).nodeId, splitReference(to).nodeId] as const;
    const [here, there] = direction === 'after' ? ends : [ends[1], ends[0]];
    next.set(here, [...(next.get(here) ?? []), there]);
  }
  const reached = new Set(ids);
  for (const id of reached) for (const other of next.get(id) ?? []) reached.add(other);
  return reached;
}
