/** What only the canvas knows: where nodes are while they are dragged, and the menu that an open wire asks for. */
import type { ReactFlowInstance } from '@xyflow/react';
import { createStore, useStore } from 'zustand';
import { documentStore } from '../document/document-store.ts';
import type { Point } from '../document/edits.ts';
import { foldedOwners } from './flow-nodes.ts';
import type { FlowNode, WireFlowEdge } from './flow-types.ts';

/** The list of nodes to add: at a place of the canvas, perhaps for the end of a wire. */
export type AddMenu = {
  readonly screen: Point;
  readonly at: Point;
  readonly wire?: { readonly reference: string; readonly side: 'outputs' | 'inputs' };
};

export type CanvasState = {
  readonly dragged: Readonly<Record<string, Point>>;
  readonly addMenu: AddMenu | null;
  readonly flow: ReactFlowInstance<FlowNode, WireFlowEdge> | null;
  /** So far away that ports and states cannot be seen: they are left out of the page. Null until the first view is known. */
  readonly isFar: boolean | null;
  /** The node under the pointer, in a view where nodes are only painted. */
  readonly hovered: string | null;
  /** While a box is drawn around nodes they must all be there. */
  readonly isBoxSelecting: boolean;
};

export const canvasStore = createStore<CanvasState>(() => ({
  dragged: {},
  addMenu: null,
  flow: null,
  isFar: null,
  hovered: null,
  isBoxSelecting: false,
}));

/** Reads a part of the canvas's state; renders again when it changes. */
export const useCanvas = <T>(select: (state: CanvasState) => T): T => useStore(canvasStore, select);

/** The middle of what is seen, in the document's coordinates. */
export function centerOfView(): Point {
  const { flow } = canvasStore.getState();
  const box = document.querySelector('.react-flow')?.getBoundingClientRect();
  if (flow === null || box === undefined) return [0, 0];
  const { x, y } = flow.screenToFlowPosition({
    x: box.x + box.width / 2,
    y: box.y + box.height / 2,
  });
  return [x, y];
}

/** Brings nodes into view and selects nothing; without any, the whole graph. For a node in a collapsed group that is the group. */
export function reveal(ids: readonly string[]): void {
  const { flow } = canvasStore.getState();
  const owners = foldedOwners(documentStore.getState().document);
  const nodes = ids.map((id) => ({ id: owners.get(id) ?? id }));
  if (ids.length === 0) fitGraph();
  else void flow?.fitView({ ...fitOptions, nodes, padding: 0.6, duration: 250 });
}

/** Nodes that are only painted count as hidden to React Flow. */
export const fitOptions = { padding: 0.06, maxZoom: 1, includeHiddenNodes: true };

/** Brings the whole graph into view. */
export function fitGraph(): void {
  void canvasStore.getState().flow?.fitView({ ...fitOptions, duration: 250 });
}

/** Puts the focus on a node, as soon as it is drawn: the arrow keys then move it. */
export function focusNode(id: string, attempts = 20): void {
  const element = document.querySelector<HTMLElement>(
    `.react-flow__node[data-id="${CSS.escape(id)}"]`,
  );
  if (element !== null) element.focus({ preventScroll: true });
  else if (attempts > 0) requestAnimationFrame(() => focusNode(id, attempts - 1));
}
