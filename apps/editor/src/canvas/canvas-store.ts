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
  /** So far away that ports and states cannot be seen: they are left out of the page. */
  readonly isFar: boolean;
};

export const canvasStore = createStore<CanvasState>(() => ({
  dragged: {},
  addMenu: null,
  flow: null,
  isFar: false,
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

/** Brings nodes into view and selects nothing. For a node in a collapsed group that is the group. */
export function reveal(ids: readonly string[]): void {
  const { flow } = canvasStore.getState();
  const owners = foldedOwners(documentStore.getState().document);
  const nodes = ids.map((id) => ({ id: owners.get(id) ?? id }));
  void flow?.fitView({ nodes, maxZoom: 1, padding: 0.6, duration: 250 });
}

/** Puts the focus on a node, as soon as it is drawn: the arrow keys then move it. */
export function focusNode(id: string, attempts = 20): void {
  const element = document.querySelector<HTMLElement>(
    `.react-flow__node[data-id="${CSS.escape(id)}"]`,
  );
  if (element !== null) element.focus({ preventScroll: true });
  else if (attempts > 0) requestAnimationFrame(() => focusNode(id, attempts - 1));
}
