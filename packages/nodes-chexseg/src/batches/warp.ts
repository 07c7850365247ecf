/** Images and masks under a change of coordinates: what augmentation does to a sample. */
import type { Plane, Size } from '@radiograph/kinds';

/** From the pixel centers of the result to those of the source: `source = [a b; c d] (x, y) + (tx, ty)`, in pixel edges (the first center is 0.5). */
export type Warp = {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly tx: number;
  readonly ty: number;
};

/** Writes a warped plane into `target` (`[H, W]` from `offset` on), bilinear; outside the source it is `fill`. */
export function warpPlane(
  plane: Plane,
  { a, b, c, d, tx, ty }: Warp,
  { target, offset, fill }: { target: Float32Array; offset: number; fill: number },
): void {
  const [height, width] = plane.size;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sourceX = a * (x + 0.5) + b * (y + 0.5) + tx;
      const sourceY = c * (x + 0.5) + d * (y + 0.5) + ty;
      const inside = sourceX >= 0 && sourceX < width && sourceY >= 0 && sourceY < height;
      target[offset + y * width + x] = inside
        ? sampleBilinear(plane, sourceX - 0.5, sourceY - 0.5)
        : fill;
    }
  }
}

function sampleBilinear({ data, size: [height, width] }: Plane, atX: number, atY: number): number {
  const x = Math.min(width - 1, Math.max(0, atX));
  const y = Math.min(height - 1, Math.max(0, atY));
  const left = Math.floor(x);
  const top = Math.floor(y) * width;
  const right = Math.min(width - 1, left + 1);
  const bottom = Math.min(height - 1, Math.floor(y) + 1) * width;
  const shareX = x - left;
  const shareY = y - Math.floor(y);
  const upper = data[top + left]! * (1 - shareX) + data[top + right]! * shareX;
  const lower = data[bottom + left]! * (1 - shareX) + data[bottom + right]! * shareX;
  return upper * (1 - shareY) + lower * shareY;
}

/** The source pixel that a pixel of the result shows (nearest), -1 outside. */
export function sourcePixel(
  [height, width]: Size,
  { a, b, c, d, tx, ty }: Warp,
  [y, x]: readonly [number, number],
): number {
  const column = Math.floor(a * (x + 0.5) + b * (y + 0.5) + tx);
  const row = Math.floor(c * (x + 0.5) + d * (y + 0.5) + ty);
  return row >= 0 && row < height && column >= 0 && column < width ? row * width + column : -1;
}
