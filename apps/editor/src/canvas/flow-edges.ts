/** Document -> wires of the canvas. */
import type { DocumentEdge } from '@radiograph/graph';
import { splitReference, wireName } from '@radiograph/graph';
import { portStyles } from '../theme/port-style.ts';
import { foldedOwners, kindOf, movingWireLayer, type Scene } from './flow-nodes.ts';
import type { WireFlowEdge } from './flow-types.ts';

type WireScene = Omit<Scene, 'dragged'> & {
  /** Nodes that are dragged. */
  readonly moving: ReadonlySet<string>;
};

/** All wires; those inside a collapsed group are left out, those across its border end at the group. */
export function toFlowEdges(
  scene: WireScene,
  previous: ReadonlyMap<string, WireFlowEdge>,
): WireFlowEdge[] {
  const owners = foldedOwners(scene.document);
  return scene.document.edges.flatMap((edge) => {
    const ends = { source: endOf(edge.from, owners), target: endOf(edge.to, owners) };
    if (ends.source.id === ends.target.id && owners.size > 0) return [];
    const old = previous.get(wireName(edge));
    return [toWire(scene, edge, ends, old)];
  });
}

type End = { readonly id: string; readonly handle: string };

function endOf(reference: string, owners: ReadonlyMap<string, string>): End {
  const { nodeId, name } = splitReference(reference);
  const owner = owners.get(nodeId);
  return owner === undefined ? { id: nodeId, handle: name } : { id: owner, handle: reference };
}

const noVia: readonly (readonly [number, number])[] = [];

function toWire(
  { document, catalog, selected, moving }: WireScene,
  edge: DocumentEdge,
  { source, target }: { readonly source: End; readonly target: End },
  old: WireFlowEdge | undefined,
): WireFlowEdge {
  const kind = kindOf({ document, catalog }, edge.from, 'outputs');
  const ends = [edge.from, edge.to].map((reference) => splitReference(reference).nodeId);
  const isIdle = ends.some((id) => document.nodes[id]?.disabled === true);
  const isMoving = moving.has(source.id) || moving.has(target.id);
  const fresh: WireFlowEdge = {
    id: wireName(edge),
    type: 'wire',
    source: source.id,
    sourceHandle: source.handle,
    target: target.id,
    targetHandle: target.handle,
    ...(isMoving ? { zIndex: movingWireLayer, className: 'is-moving' } : {}),
    selected: selected.has(wireName(edge)),
    reconnectable: selected.has(wireName(edge)),
    ariaLabel: `Wire from ${edge.from} to ${edge.to}${kind === undefined ? '' : `, ${kind}`}`,
    data: {
      color: kind === undefined ? 'var(--bad)' : portStyles[kind].color,
      via: edge.via ?? noVia,
      isIdle,
    },
  };
  return old !== undefined && isEqualWire(fresh, old) ? old : fresh;
}

function isEqualWire(a: WireFlowEdge, b: WireFlowEdge): boolean {
  return (
    a.source === b.source &&
    a.sourceHandle === b.sourceHandle &&
    a.target === b.target &&
    a.targetHandle === b.targetHandle &&
    a.selected === b.selected &&
    a.zIndex === b.zIndex &&
    a.data?.color === b.data?.color &&
    a.data?.via === b.data?.via &&
    a.data?.isIdle === b.data?.isIdle
  );
}
