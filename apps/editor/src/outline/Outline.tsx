import { Text } from '@mantine/core';
import { splitReference } from '@radiograph/graph';
import { useMemo } from 'react';
import { reveal } from '../canvas/canvas-store.ts';
import { useCatalog } from '../catalog/catalog.ts';
import { useDocument } from '../document/document-store.ts';
import { select, useSelection } from '../document/selection-store.ts';
import styles from './Outline.module.css';

/** The graph as a list, in the order of its wires: every node with what feeds it. For readers that cannot see the canvas. */
export function Outline() {
  const document = useDocument((state) => state.document);
  const selected = useSelection(({ nodes }) => nodes);
  const catalog = useCatalog();
  const order = useMemo(() => sortByWires(document), [document]);
  if (order.length === 0) return <p className={styles.empty}>The graph has no nodes.</p>;
  return (
    <ol className={styles.list} aria-label="Outline of the graph">
      {order.map((id) => {
        const node = document.nodes[id]!;
        const sources = document.edges.filter(({ to }) => splitReference(to).nodeId === id);
        return (
          <li key={id}>
            <button
              type="button"
              className={styles.item}
              aria-pressed={selected.has(id)}
              onClick={() => {
                select([id]);
                reveal([id]);
              }}
            >
              <b>{node.label ?? catalog.get(node.type)?.title ?? id}</b>
              <Text component="span" size="xs" c="var(--soft)">
                {id}
                {node.disabled ? ', disabled' : ''}
                {sources.length > 0 && ` ← ${sources.map(({ from }) => from).join(', ')}`}
              </Text>
            </button>
          </li>
        );
      })}
    </ol>
  );
}

/** Sources first; nodes on a cycle at the end. */
function sortByWires({
  nodes,
  edges,
}: {
  nodes: object;
  edges: readonly { from: string; to: string }[];
}): string[] {
  const waiting = new Map(Object.keys(nodes).map((id) => [id, new Set<string>()]));
  for (const { from, to } of edges) {
    const [source, target] = [splitReference(from).nodeId, splitReference(to).nodeId];
    if (waiting.has(source)) waiting.get(target)?.add(source);
  }
  const order: string[] = [];
  for (let isGrowing = true; isGrowing; ) {
    const ready = [...waiting].filter(([, sources]) =>
      [...sources].every((id) => !waiting.has(id)),
    );
    for (const [id] of ready) {
      waiting.delete(id);
      order.push(id);
    }
    isGrowing = ready.length > 0;
  }
  return [...order, ...waiting.keys()];
}
