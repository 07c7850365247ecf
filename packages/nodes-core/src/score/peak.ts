/** Where a saliency map is hottest, in the pixels of a mask. */
import type { FrameTransform, Size } from '@radiograph/kinds';

/** A raw map: `values` `[grid]` covers the whole frame of `size`, which `frame` leads back to the original pixels. */
export type RawMap = {
  readonly values: Float32Array;
  readonly grid: Size;
  readonly size: Size;
  readonly frame: FrameTransform;
};
/** The pixels in which the peak is wanted. */
export type PeakPixels = { readonly size: Size; readonly frame: FrameTransform };

/** Index of the first maximum, in reading order, of the map sampled bilinearly at every pixel center; clamped at the map's edges. */
export function findPeak({ values, grid, size, frame }: RawMap, pixels: PeakPixels): number {
  const along = (axis: 'X' | 'Y', side: 0 | 1) =>
    sampleAlong(pixels.size[side], grid[side], (i) => {
      const original = pixels.frame[`scale${axis}`] * (i + 0.5) + pixels.frame[`offset${axis}`];
      const inFrame = (original - frame[`offset${axis}`]) / frame[`scale${axis}`];
      return (inFrame * grid[side]) / size[side] - 0.5;
    });
  const columns = along('X', 1);
  let best = Number.NEGATIVE_INFINITY;
  let peak = 0;
  for (const [y, row] of along('Y', 0).entries()) {
    const line = blendRows(values, row, grid[1]);
    if (Math.max(...line) <= best) continue; // no sample of a line exceeds its nodes
    for (const [x, { low, high, weight }] of columns.entries()) {
      const value = line[low]! + (line[high]! - line[low]!) * weight;
      if (value <= best) continue;
      best = value;
      peak = y * columns.length + x;
    }
  }
  return peak;
}

type Sample = { readonly low: number; readonly high: number; readonly weight: number };

function sampleAlong(count: number, nodes: number, positionOf: (i: number) => number): Sample[] {
  return Array.from({ length: count }, (_, i) => {
    const position = Math.min(nodes - 1, Math.max(0, positionOf(i)));
    const low = Math.floor(position);
    return { low, high: Math.min(nodes - 1, low + 1), weight: position - low };
  });
}

function blendRows(values: Float32Array, { low, high, weight }: Sample, width: number): number[] {
  return Array.from({ length: width }, (_, x) => {
    const top = values[low * width + x]!;
    return top + (values[high * width + x]! - top) * weight;
  });
}
