/** Paints the overview as the view moves; outside React, which has no part in a pan. */
import { type Area, contains, grown, intersect, seenArea } from '../area.ts';
import type { FlowNode, WireFlowEdge } from '../flow-types.ts';
import { viewStore } from '../view.ts';
import { inkOf, paint, type Tile } from './paint.ts';
import { makePicture, type Picture } from './picture.ts';

type Size = { readonly width: number; readonly height: number; readonly fitViewQueued: boolean };

type Scene = {
  readonly graph: () => {
    readonly nodes: readonly FlowNode[];
    readonly edges: readonly WireFlowEdge[];
  };
  /** Only what a pan brings into view is painted, and only during the pan. */
  readonly isFill: boolean;
  readonly flow: {
    readonly getState: () => Size;
    readonly subscribe: (listener: () => void) => () => void;
  };
};

/** Paints now, and again in the frame after the view left what is painted, until the returned function is called. */
export function keepPainting(canvas: HTMLCanvasElement, scene: Scene): () => void {
  const { graph, isFill, flow } = scene;
  const ink = inkOf(canvas);
  let picture: Picture | undefined;
  let tile: Tile | undefined;
  let frame = 0;
  const draw = () => {
    frame = 0;
    const { frozen } = viewStore.getState();
    const size = flow.getState();
    canvas.hidden = isFill && frozen === null;
    if (canvas.hidden) [picture, tile] = [undefined, undefined];
    if (canvas.hidden || size.width === 0 || size.fitViewQueued) return;
    picture ??= makePicture(graph());
    const next = tileOf(size, picture.bounds, tile);
    if (next === tile) return;
    tile = next;
    const drawn = isFill && frozen !== null ? seenArea(frozen, size) : undefined;
    paint(canvas, picture, { tile, drawn }, ink);
    if (!isFill) canvas.dataset.painted = '';
  };
  draw();
  const follow = () => {
    frame ||= requestAnimationFrame(draw);
  };
  const stops = [flow.subscribe(follow), viewStore.subscribe(follow)];
  return () => {
    for (const stop of stops) stop();
    cancelAnimationFrame(frame);
  };
}

const margin = 0.25;

/** What to paint for a view: the old tile while it still serves. */
function tileOf(size: Size, bounds: Area, old: Tile | undefined): Tile {
  const { transform } = viewStore.getState();
  const [, , zoom] = transform;
  const view = seenArea(transform, size);
  const needed = intersect(view, grown(bounds, 60));
  if (old !== undefined && old.zoom === zoom && contains(old, needed)) return old;
  const room = Math.max(view.width, view.height) * margin;
  const scale = zoom * devicePixelRatio;
  const toGrid = (length: number) => Math.floor(length * scale) / scale; // as `toPixel` of the view
  const tile = intersect(grown(view, room), grown(bounds, 60));
  return { ...tile, x: toGrid(tile.x), y: toGrid(tile.y), zoom, scale };
}
