/** Masks -> polygons: the outlines of their parts, such that `fillPolygon` gives the mask back with its holes filled. */
import type { Size } from '@radiograph/kinds';
import type { Point } from './fill-polygon.ts';

type Grid = { readonly mask: Uint8Array; readonly height: number; readonly width: number };

/** Neighbors clockwise (y grows downward), beginning at the left. */
const steps: readonly Point[] = [
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
];

/**
 * Outlines the 8-connected parts of a row-major `[height, width]` mask, from top to bottom, as polygons through the centers of their
 * border pixels; corners only. Holes are not outlined (a polygon of CheXlocalize has none). An empty mask gives no polygon.
 */
export function tracePolygons(mask: Uint8Array, [height, width]: Size): Point[][] {
  const grid = { mask, height, width };
  const seen = new Uint8Array(mask.length);
  const polygons: Point[][] = [];
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0 || seen[i] === 1) continue;
    markPart(grid, i, seen);
    polygons.push(keepCorners(traceOutline(grid, [i % width, Math.floor(i / width)])));
  }
  return polygons;
}

function markPart({ mask, height, width }: Grid, start: number, seen: Uint8Array): void {
  const open = [start];
  seen[start] = 1;
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    const [x, y] = [i % width, Math.floor(i / width)];
    for (const [dx, dy] of steps) {
      const [nx, ny] = [x + dx, y + dy];
      const next = ny * width + nx;
      if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
      if (mask[next] === 0 || seen[next] === 1) continue;
      seen[next] = 1;
      open.push(next);
    }
  }
}

/** Moore's neighbor tracing from the topmost, leftmost pixel of a part, until start and direction repeat (Jacob's criterion). */
function traceOutline({ mask, height, width }: Grid, start: Point): Point[] {
  const isInside = ([x, y]: Point) =>
    x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x] !== 0;
  const outline: Point[] = [start];
  let at = start;
  let from = 0; // the pixel to the left of the start is outside
  let first: number | undefined;
  for (;;) {
    const turn = Array.from({ length: 8 }, (_, k) => (from + k) % 8).find((direction) => {
      const [dx, dy] = steps[direction]!;
      return isInside([at[0] + dx, at[1] + dy]);
    });
    if (turn === undefined) return outline; // a single pixel
    if (at[0] === start[0] && at[1] === start[1]) {
      if (turn === first) return outline.slice(0, -1);
      first ??= turn;
    }
    const [dx, dy] = steps[turn]!;
    at = [at[0] + dx, at[1] + dy];
    outline.push(at);
    // Go on clockwise from the last outside pixel that was looked at.
    from = (turn + (turn % 2 === 0 ? 6 : 5)) % 8;
  }
}

/** Drops the points in the middle of straight runs. */
function keepCorners(outline: readonly Point[]): Point[] {
  const count = outline.length;
  return outline.filter(([x, y], i) => {
    const [px, py] = outline[(i + count - 1) % count]!;
    const [nx, ny] = outline[(i + 1) % count]!;
    return count < 3 || nx - x !== x - px || ny - y !== y - py;
  });
}
