import { useComputedColorScheme } from '@mantine/core';
import { useStoreApi, ViewportPortal } from '@xyflow/react';
import { useEffect, useMemo, useRef } from 'react';
import type { FlowNode, WireFlowEdge } from '../flow-types.ts';
import { inkOf, paint, type Tile } from './paint.ts';
import { type Box, makePicture } from './picture.ts';

type OverviewProps = {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly WireFlowEdge[];
};
type View = {
  readonly fitViewQueued: boolean;
  readonly transform: readonly [number, number, number];
} & Pick<Box, 'width' | 'height'>;

/**
 * A large graph from afar: one picture instead of thousands of elements. It lies in the canvas's own coordinates, so that panning
 * only moves it; it is painted again when the scale changes or the view leaves its margin.
 */
export function Overview(props: OverviewProps) {
  return (
    <ViewportPortal>
      <Painting {...props} />
    </ViewportPortal>
  );
}

function Painting({ nodes, edges }: OverviewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const store = useStoreApi();
  const colorScheme = useComputedColorScheme();
  const picture = useMemo(() => makePicture(nodes, edges), [nodes, edges]);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    element.dataset.theme = colorScheme; // what the colors below are read from
    const ink = inkOf(element);
    let tile: Tile | undefined;
    let frame = 0;
    const draw = () => {
      frame = 0;
      const next = tileOf(store.getState(), picture.bounds, tile);
      if (next === tile || next === undefined) return;
      tile = next;
      place(element, tile);
      paint(element, picture, tile, ink);
      element.dataset.painted = '';
    };
    draw();
    const stop = store.subscribe(() => {
      frame ||= requestAnimationFrame(draw);
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [store, picture, colorScheme]);
  return (
    <canvas
      ref={canvas}
      className="overview"
      role="img"
      aria-label={`${picture.nodes.length} nodes from afar; the outline lists them`}
    />
  );
}

const margin = 0.25;

/** What to paint for a view: the old tile while it still serves; undefined before there is a view. */
function tileOf(
  { transform: [tx, ty, zoom], width, height, fitViewQueued }: View,
  bounds: Omit<Box, 'id'>,
  old: Tile | undefined,
): Tile | undefined {
  if (width === 0 || fitViewQueued) return undefined;
  const scale = zoom * devicePixelRatio;
  const view = { x: -tx / zoom, y: -ty / zoom, width: width / zoom, height: height / zoom };
  const needed = intersect(view, grown(bounds, 60));
  if (old !== undefined && old.scale === scale && contains(old, needed)) return old;
  const room = Math.max(view.width, view.height) * margin;
  return { ...intersect(grown(view, room), grown(bounds, 60)), scale };
}

type Area = Omit<Box, 'id'>;

const grown = ({ x, y, width, height }: Area, by: number): Area => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

function intersect(a: Area, b: Area): Area {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  const width = Math.max(0, Math.min(a.x + a.width, b.x + b.width) - x);
  const height = Math.max(0, Math.min(a.y + a.height, b.y + b.height) - y);
  return { x, y, width, height };
}

const contains = (outer: Area, inner: Area): boolean =>
  inner.width === 0 ||
  inner.height === 0 ||
  (inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height);

function place({ style }: HTMLCanvasElement, { x, y, width, height, scale }: Tile): void {
  style.left = `${x}px`;
  style.top = `${y}px`;
  style.width = `${Math.ceil(width * scale) / scale}px`;
  style.height = `${Math.ceil(height * scale) / scale}px`;
}
