/**
 * What is seen of the document. While the pointer pans, only this moves: React Flow's store, and with it every element, stays
 * as it was at the start and takes over the new view at the end. The elements move along as one layer; what comes into view
 * is painted meanwhile (overview/).
 */
import type { Viewport } from '@xyflow/react';
import { createStore } from 'zustand/vanilla';

/** x and y of the document's origin on the canvas, in pixels, and the zoom. */
export type Transform = readonly [number, number, number];

export type View = {
  readonly transform: Transform;
  /** The view that the elements were drawn for, while a pan moves them. */
  readonly frozen: Transform | null;
};

const start: View = { transform: [0, 0, 1], frozen: null };

export const viewStore = createStore<View>(() => start);

/** What a pan needs of React Flow's store. */
export type FlowStore = {
  readonly getState: () => { readonly domNode: HTMLDivElement | null };
  readonly setState: (change: { transform: [number, number, number] }) => void;
};

let isPointerDown = false;

/** The pointer took hold of the canvas; it pans from its first move on. */
export function beginPan(): void {
  isPointerDown = true;
}

/** Whether the pointer holds the canvas. */
export const isPanning = (): boolean => isPointerDown;

/** Takes a view from React Flow, which leaves it to us what to do with it. */
export function takeView(flow: FlowStore, { x, y, zoom }: Viewport): void {
  const { transform: old, frozen } = viewStore.getState();
  const isPan = isPointerDown && zoom === old[2];
  const transform: Transform = [toPixel(x), toPixel(y), zoom];
  viewStore.setState({ transform, frozen: isPan ? (frozen ?? old) : null });
  const { domNode } = flow.getState();
  domNode?.classList.toggle('is-panned', isPan);
  if (isPan) moveElements(domNode, transform, frozen ?? old);
  else drawFor(flow, transform);
}

/** To a whole pixel of the screen: layers there are copied, between pixels they would be resampled, which takes twice as long. */
export const toPixel = (length: number): number =>
  Math.round(length * devicePixelRatio) / devicePixelRatio;

/** The pointer let go: the elements are drawn for the new view. */
export function endPan(flow: FlowStore): void {
  isPointerDown = false;
  const { transform, frozen } = viewStore.getState();
  if (frozen === null) return;
  drawFor(flow, transform);
  viewStore.setState({ frozen: null });
  flow.getState().domNode?.classList.remove('is-panned');
}

/** Forgets a pan whose canvas went away. */
export function forgetPan(): void {
  isPointerDown = false;
  viewStore.setState({ frozen: null });
}

function moveElements(
  dom: HTMLDivElement | null,
  [x, y, zoom]: Transform,
  [fromX, fromY]: Transform,
): void {
  const viewport = dom?.querySelector<HTMLElement>('.react-flow__viewport');
  if (viewport) viewport.style.transform = `translate(${x}px, ${y}px) scale(${zoom})`;
  const selection = selectionOf(dom);
  if (selection) selection.style.translate = `${x - fromX}px ${y - fromY}px`;
}

function drawFor(flow: FlowStore, transform: Transform): void {
  flow.setState({ transform: [...transform] });
  selectionOf(flow.getState().domNode)?.style.removeProperty('translate');
}

/** The frame around nodes that a box selected; React Flow places it beside the viewport. */
const selectionOf = (dom: HTMLDivElement | null) =>
  dom?.querySelector<HTMLElement>('.react-flow__nodesselection');
