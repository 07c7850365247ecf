/** Rectangles of the document. */
import type { Transform } from './view.ts';

export type Area = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** What of the document a canvas of this size shows. */
export const seenArea = (
  [tx, ty, zoom]: Transform,
  { width, height }: Pick<Area, 'width' | 'height'>,
): Area => ({ x: -tx / zoom, y: -ty / zoom, width: width / zoom, height: height / zoom });

/** An area with a margin; a negative one shrinks it. */
export const grown = ({ x, y, width, height }: Area, by: number): Area => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

/** What two areas share; of no size when they are apart. */
export function intersect(a: Area, b: Area): Area {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  const width = Math.max(0, Math.min(a.x + a.width, b.x + b.width) - x);
  const height = Math.max(0, Math.min(a.y + a.height, b.y + b.height) - y);
  return { x, y, width, height };
}

/** Whether two areas share more than an edge. */
export const overlaps = (a: Area, b: Area): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** Whether the first area holds the whole second; one of no size always fits. */
export const contains = (outer: Area, inner: Area): boolean =>
  inner.width === 0 ||
  inner.height === 0 ||
  (inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height);

/** The smallest area around all; of no size at the origin when there are none. */
export function boundsOf(boxes: readonly Area[]): Area {
  if (boxes.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}
