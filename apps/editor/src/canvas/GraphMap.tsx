import { useComputedColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Panel, useReactFlow, useStoreApi } from '@xyflow/react';
import { type PointerEvent, useEffect, useMemo, useRef, type WheelEvent } from 'react';
import { boundsOf } from './area.ts';
import type { FlowNode } from './flow-types.ts';
import styles from './GraphMap.module.css';
import { type Ink, inkOf } from './overview/paint.ts';
import { boxOf, colorOf } from './overview/picture.ts';
import { type Transform, viewStore } from './view.ts';

const [width, height] = [168, 104];
const padding = 8;
const quietMs = 90;

/** The whole graph in a corner, with the part that is seen; drag on it to go there, turn the wheel to zoom. */
export function GraphMap({ nodes: current }: { readonly nodes: readonly FlowNode[] }) {
  const [nodes] = useDebouncedValue(current, quietMs); // a drag does not paint it in every frame
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<HTMLDivElement>(null);
  const store = useStoreApi();
  const { setCenter, getZoom, zoomTo } = useReactFlow();
  const colorScheme = useComputedColorScheme();
  const place = useMemo(() => placeOf(nodes), [nodes]);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    element.dataset.theme = colorScheme; // what the colors are read from
    paintMap(element, nodes, place, inkOf(element));
  }, [nodes, place, colorScheme]);
  useEffect(() => {
    const follow = () =>
      showView(view.current, { ...viewStore.getState(), ...sizeOf(store.getState()) }, place);
    follow();
    const stops = [store.subscribe(follow), viewStore.subscribe(follow)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [store, place]);
  const goTo = (event: PointerEvent) => {
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - box.x, event.clientY - box.y];
    void setCenter((x - place.x) / place.scale, (y - place.y) / place.scale, { zoom: getZoom() });
  };
  const turn = ({ deltaY }: WheelEvent) => void zoomTo(getZoom() * 2 ** (-deltaY * 0.002));
  return (
    <Panel position="bottom-right" className="canvas-map">
      <div
        className={styles.map}
        role="img"
        aria-label="Map of the graph"
        onPointerDown={goTo}
        onPointerMove={goTo}
        onWheel={turn}
      >
        <canvas ref={canvas} style={{ width, height }} />
        <div ref={view} className={styles.view} />
      </div>
    </Panel>
  );
}

type Place = { readonly x: number; readonly y: number; readonly scale: number };

/** Where the document's origin lies on the map, and pixels per unit. */
function placeOf(nodes: readonly FlowNode[]): Place {
  const bounds = boundsOf(nodes.map(boxOf));
  const scale = Math.min(
    (width - 2 * padding) / Math.max(bounds.width, 1),
    (height - 2 * padding) / Math.max(bounds.height, 1),
    0.2,
  );
  return {
    scale,
    x: width / 2 - (bounds.x + bounds.width / 2) * scale,
    y: height / 2 - (bounds.y + bounds.height / 2) * scale,
  };
}

function paintMap(
  canvas: HTMLCanvasElement,
  nodes: readonly FlowNode[],
  { x, y, scale }: Place,
  ink: Ink,
): void {
  canvas.width = width * devicePixelRatio;
  canvas.height = height * devicePixelRatio;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(devicePixelRatio, devicePixelRatio);
  for (const node of nodes) {
    const box = boxOf(node);
    context.globalAlpha = node.type === 'frame' ? 0.12 : 1;
    context.fillStyle = ink(mapColor(node));
    const [w, h] = [Math.max(box.width * scale, 1.2), Math.max(box.height * scale, 1.2)];
    context.beginPath();
    context.roundRect(x + box.x * scale, y + box.y * scale, w, h, Math.min(2, h / 3));
    context.fill();
  }
}

function mapColor(node: FlowNode): string {
  if (node.type === 'step') return colorOf(node);
  return node.type === 'note' ? '#e3c66a' : 'var(--accent)';
}

type Size = { readonly width: number; readonly height: number };
type View = Size & { readonly transform: Transform };

const sizeOf = ({ width, height }: Size): Size => ({ width, height });

/** Outside React: it follows every frame of a pan. */
function showView(element: HTMLElement | null, view: View, place: Place): void {
  if (element === null) return;
  const [tx, ty, zoom] = view.transform;
  const clamp = (value: number, limit: number) => Math.min(Math.max(value, 0), limit);
  const left = clamp(place.x - (tx / zoom) * place.scale, width);
  const top = clamp(place.y - (ty / zoom) * place.scale, height);
  const right = clamp(place.x + ((view.width - tx) / zoom) * place.scale, width);
  const bottom = clamp(place.y + ((view.height - ty) / zoom) * place.scale, height);
  element.style.transform = `translate(${left}px, ${top}px)`;
  element.style.width = `${right - left}px`;
  element.style.height = `${bottom - top}px`;
}
