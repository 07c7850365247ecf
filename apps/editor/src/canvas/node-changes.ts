/** What React Flow reports -> selection and edits. */
import type { EdgeChange, NodeChange } from '@xyflow/react';
import { applyEdit, documentStore } from '../document/document-store.ts';
import { moveTo, type Point } from '../document/edits.ts';
import { select, selectionStore } from '../document/selection-store.ts';
import { canvasStore } from './canvas-store.ts';
import { positionOf } from './flow-nodes.ts';
import type { FlowNode, WireFlowEdge } from './flow-types.ts';

/** Positions while dragging stay out of the document; the last one becomes one edit. */
export function takeNodeChanges(changes: readonly NodeChange<FlowNode>[]): void {
  takeSelection(changes, 'nodes');
  const moves = changes.filter(
    (change) => change.type === 'position' && change.position !== undefined,
  );
  if (moves.length === 0) return;
  const points = { ...canvasStore.getState().dragged };
  let isDragging = false;
  for (const change of moves) {
    if (change.type !== 'position' || change.position === undefined) continue;
    isDragging ||= change.dragging === true;
    Object.assign(
      points,
      moveWithMembers(change.id, [change.position.x, change.position.y], points),
    );
  }
  if (isDragging) canvasStore.setState({ dragged: points });
  else commit(points, 'move');
}

/** Ends a drag: one edit for all that moved. */
export function endDrag(): void {
  const { dragged } = canvasStore.getState();
  if (Object.keys(dragged).length > 0) commit(dragged);
}

function commit(points: Readonly<Record<string, Point>>, mergeKey?: string): void {
  canvasStore.setState({ dragged: {} });
  const rounded = Object.fromEntries(
    Object.entries(points).map(([id, [x, y]]): [string, Point] => [
      id,
      [Math.round(x), Math.round(y)],
    ]),
  );
  const count = Object.keys(rounded).length;
  applyEdit({
    label: count === 1 ? 'Move' : `Move ${count} nodes`,
    apply: moveTo(rounded),
    ...(mergeKey === undefined ? {} : { mergeKey: `${mergeKey} ${Object.keys(rounded).join()}` }),
  });
}

/** A frame or a folded group takes its nodes along. */
function moveWithMembers(
  id: string,
  to: Point,
  dragged: Readonly<Record<string, Point>>,
): Record<string, Point> {
  const { document } = documentStore.getState();
  const group = document.groups?.find((other) => other.id === id);
  if (group === undefined) return { [id]: to };
  const node = canvasStore.getState().flow?.getNode(id);
  if (node === undefined) return {};
  const [dx, dy] = [to[0] - node.position.x, to[1] - node.position.y];
  return Object.fromEntries(
    group.nodes
      .filter((member) => member in document.nodes && !selectionStore.getState().nodes.has(member))
      .map((member): [string, Point] => {
        const [x, y] = positionOf({ document, dragged }, member);
        return [member, [x + dx, y + dy]];
      }),
  );
}

/** Selection of wires. */
export function takeEdgeChanges(changes: readonly EdgeChange<WireFlowEdge>[]): void {
  takeSelection(changes, 'edges');
}

type Change = { readonly type: string; readonly id?: string; readonly selected?: boolean };

function takeSelection(changes: readonly Change[], part: 'nodes' | 'edges'): void {
  const picks = changes.filter(({ type }) => type === 'select');
  if (picks.length === 0) return;
  const selection = selectionStore.getState();
  const next = new Set(selection[part]);
  for (const { id, selected } of picks) {
    if (id === undefined) continue;
    if (selected) next.add(id);
    else next.delete(id);
  }
  select(part === 'nodes' ? next : selection.nodes, part === 'edges' ? next : selection.edges);
}
