/** The graph as the rows of a tree: groups hold nodes, nodes hold the wires that feed them. */
import { type GraphDocument, splitReference, wireName } from '@radiograph/graph';
import type { Catalog } from '../catalog/catalog.ts';

/** A row of the outline. `id` is what is selected: of a node, a group or a note, or the name of a wire. */
export type Row = {
  readonly kind: 'node' | 'group' | 'note' | 'wire';
  readonly id: string;
  readonly level: 1 | 2 | 3;
  readonly label: string;
  readonly detail: string;
  /** Undefined for rows that hold nothing. */
  readonly isOpen?: boolean;
};

type Scene = { readonly document: GraphDocument; readonly catalog: Catalog };

/** The visible rows in the order of the wires; notes come last. `open` names the rows whose content is shown. */
export function listRows(scene: Scene, open: ReadonlySet<string>): Row[] {
  const { document } = scene;
  const groupOf = new Map(
    (document.groups ?? []).flatMap((group) => group.nodes.map((id) => [id, group] as const)),
  );
  const order = sortByWires(document);
  const shown = new Set<string>();
  const rows = order.flatMap((id): Row[] => {
    const group = groupOf.get(id);
    if (group === undefined) return listNode(scene, id, 1, open);
    if (shown.has(group.id)) return [];
    shown.add(group.id);
    const members = order.filter((other) => groupOf.get(other) === group);
    return [
      {
        kind: 'group',
        id: group.id,
        level: 1,
        label: group.title,
        detail: `group of ${members.length}${group.collapsed ? ', collapsed' : ''}`,
        isOpen: open.has(group.id),
      },
      ...(open.has(group.id) ? members.flatMap((member) => listNode(scene, member, 2, open)) : []),
    ];
  });
  const notes = (document.notes ?? []).map(({ id, text }): Row => {
    const [line = ''] = text.split('\n');
    return { kind: 'note', id, level: 1, label: line || 'Empty note', detail: 'note' };
  });
  return [...rows, ...notes];
}

function listNode(
  { document, catalog }: Scene,
  id: string,
  level: 1 | 2,
  open: ReadonlySet<string>,
): Row[] {
  const node = document.nodes[id]!;
  const wires = document.edges.filter(({ to }) => splitReference(to).nodeId === id);
  const sources = wires.map(({ from }) => from).join(', ');
  const row: Row = {
    kind: 'node',
    id,
    level,
    label: node.label ?? catalog.get(node.type)?.title ?? id,
    detail: `${id}${node.disabled ? ', disabled' : ''}${sources && ` ← ${sources}`}`,
    ...(wires.length === 0 ? {} : { isOpen: open.has(id) }),
  };
  if (!open.has(id)) return [row];
  return [
    row,
    ...wires.map((wire): Row => {
      const { name } = splitReference(wire.to);
      const detail = `wire from ${wire.from}`;
      return { kind: 'wire', id: wireName(wire), level: level === 1 ? 2 : 3, label: name, detail };
    }),
  ];
}

/** Sources first; nodes on a cycle at the end. */
function sortByWires({ nodes, edges }: Pick<GraphDocument, 'nodes' | 'edges'>): string[] {
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
