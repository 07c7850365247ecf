/** Where a reader points when asked for one point: the pixel of a mask that is farthest from its border. */
import type { Point } from '@radiograph/formats';

/** The most inner pixel `[x, y]` of a `[size, size]` mask by city-block distance, the first among equals; undefined if it is empty. */
export function pointAt(mask: Uint8Array, size: number): Point | undefined {
  const depth = new Uint16Array(mask.length);
  const at = (x: number, y: number) =>
    x < 0 || y < 0 || x >= size || y >= size ? 0 : depth[y * size + x]!;
  for (let i = 0; i < mask.length; i++) {
    const [x, y] = [i % size, Math.floor(i / size)];
    if (mask[i] !== 0) depth[i] = 1 + Math.min(at(x - 1, y), at(x, y - 1));
  }
  let best = -1;
  for (let i = mask.length - 1; i >= 0; i--) {
    const [x, y] = [i % size, Math.floor(i / size)];
    if (mask[i] === 0) continue;
    depth[i] = Math.min(depth[i]!, 1 + at(x + 1, y), 1 + at(x, y + 1));
    if (best < 0 || depth[i]! >= depth[best]!) best = i;
  }
  return best < 0 ? undefined : [best % size, Math.floor(best / size)];
}
