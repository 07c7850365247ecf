/** How far the pixels of a box are from a path. */
import { type Bounds, boundsOf, type Point } from './geometry.ts';

/** A box in pixels; `right` and `bottom` are not in it. */
export type PixelBox = {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
};

/** The pixels of an image that a box touches. */
export function pixelBox(size: number, { left, right, top, bottom }: Bounds): PixelBox {
  return {
    left: Math.max(0, Math.floor(left * size)),
    right: Math.min(size, Math.ceil(right * size)),
    top: Math.max(0, Math.floor(top * size)),
    bottom: Math.min(size, Math.ceil(bottom * size)),
  };
}

/** By pixel of `box`, row-major: the squared distance to the nearest place of a path, and where it is from 0 (start) to 1 (end). */
export type Nearest = {
  readonly box: PixelBox;
  readonly squared: Float64Array;
  readonly along: Float64Array;
};

/**
 * Measures the pixels within `reach` of a path in an image of `size`; those farther away keep Infinity, or more than their distance.
 * Each segment touches only the pixels near it: a vessel is short, and a patient has hundreds.
 */
export function measureFrom(path: readonly Point[], size: number, reach: number): Nearest {
  const box = pixelBox(size, boundsOf(path, reach));
  const count = Math.max(0, box.right - box.left) * Math.max(0, box.bottom - box.top);
  const squared = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const nearest = { box, squared, along: new Float64Array(count) };
  for (let i = 0; i + 1 < path.length; i++) measureSegment(nearest, path, { size, reach, i });
  return nearest;
}

type Segment = { readonly size: number; readonly reach: number; readonly i: number };

function measureSegment(
  { box, squared, along }: Nearest,
  path: readonly Point[],
  { size, reach, i }: Segment,
): void {
  const [a, b] = [path[i]!, path[i + 1]!];
  const [ax, ay, dx, dy] = [a[0], a[1], b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const { left, right, top, bottom } = pixelBox(size, boundsOf([a, b], reach));
  for (let row = top; row < bottom; row++) {
    const py = (row + 0.5) / size - ay;
    let at = (row - box.top) * (box.right - box.left) + left - box.left;
    for (let column = left; column < right; column++, at++) {
      const px = (column + 0.5) / size - ax;
      const t = length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length));
      const ex = px - t * dx;
      const ey = py - t * dy;
      const distance = ex * ex + ey * ey;
      if (distance >= squared[at]!) continue;
      squared[at] = distance;
      along[at] = (i + t) / (path.length - 1);
    }
  }
}
