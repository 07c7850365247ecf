/**
 * Polygons of gt_annotations -> masks, pixel for pixel as PIL's ImageDraw.polygon draws them (method.md b.3).
 *
 * That is PIL before version 9, which drew the masks that CheXlocalize publishes; later versions also join sharp corners.
 */
import { dataError } from '@radiograph/graph';
import type { Size } from '@radiograph/kinds';

/** A vertex `[x, y]` in pixels of the original radiograph. */
export type Point = readonly [x: number, y: number];

type Edge = {
  readonly x: number;
  readonly y: number;
  readonly top: number;
  readonly bottom: number;
  /** Change of x per row, float32. */
  readonly slope: number;
};

/**
 * Fills a closed polygon into `mask` (`[height, width]`, row-major); pixels of earlier polygons stay.
 *
 * Vertices are truncated to whole pixels. Parts outside the mask are cut off. Fewer than 3 points fill nothing but their own pixels.
 * @throws a data error for a vertex that is no number.
 */
export function fillPolygon(
  mask: Uint8Array,
  [height, width]: Size,
  polygon: readonly Point[],
): void {
  const points = polygon.map(([x, y]): Point => [Math.trunc(x), Math.trunc(y)]);
  if (points.some(([x, y]) => !Number.isFinite(x) || !Number.isFinite(y)))
    throw dataError(
      'polygon',
      `expected pairs of numbers, got ${JSON.stringify(polygon).slice(0, 80)}`,
    );
  const fill = (y: number, from: number, to: number) => {
    if (y < 0 || y >= height || to < 0 || from >= width) return;
    const start = y * width;
    mask.fill(1, start + Math.max(0, from), start + Math.min(width - 1, to) + 1);
  };
  const edges = points.flatMap((point, i): Edge[] => {
    const next = points[(i + 1) % points.length]!;
    if (point[1] !== next[1]) return [toEdge(point, next)];
    fill(point[1], Math.min(point[0], next[0]), Math.max(point[0], next[0]));
    return [];
  });
  const last = Math.max(...edges.map(({ bottom }) => bottom));
  const first = Math.max(0, Math.min(...edges.map(({ top }) => top)));
  for (let y = first; y <= Math.min(last, height - 1); y++)
    fillRow(crossings(edges, y, last), y, fill);
}

function toEdge([x, y]: Point, [x1, y1]: Point): Edge {
  const slope = Math.fround((x1 - x) / (y1 - y));
  return { x, y, top: Math.min(y, y1), bottom: Math.max(y, y1), slope };
}

/** Where edges cross the row, sorted. An edge that ends here counts twice, except on the polygon's last row. */
function crossings(edges: readonly Edge[], row: number, last: number): number[] {
  const found: number[] = [];
  for (const { x, y, top, bottom, slope } of edges) {
    if (row < top || row > bottom) continue;
    const at = Math.fround(Math.fround((row - y) * slope) + x);
    found.push(at);
    if (row === bottom && row < last) found.push(at);
  }
  return found.sort((a, b) => a - b);
}

type FillSpan = (y: number, from: number, to: number) => void;

function fillRow(found: readonly number[], y: number, fill: FillSpan): void {
  let free = 0; // columns before this one are drawn
  for (let i = 0; i + 1 < found.length; i += 2) {
    const end = roundDown(found[i + 1]!);
    if (end < free) continue;
    const begin = Math.max(free, roundUp(found[i]!));
    fill(y, Math.min(begin, end), Math.max(begin, end)); // two crossings at a half: PIL swaps the ends and draws both
    free = end + 1;
  }
}

/** Halves away from zero. */
function roundUp(value: number): number {
  return value >= 0 ? Math.floor(value + 0.5) : -Math.floor(-value + 0.5);
}

/** Halves toward zero. */
function roundDown(value: number): number {
  return value >= 0 ? Math.ceil(value - 0.5) : -Math.ceil(-value - 0.5);
}
