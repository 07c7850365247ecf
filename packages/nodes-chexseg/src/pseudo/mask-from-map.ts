/** A saliency map -> a mask, as CheXlocalize and CheXseg do it (method.md b.3). */
import { resizeBilinear, type Size } from '@radiograph/kinds';
import { fillHoles } from './fill-holes.ts';
import { normalizeMap, otsuThreshold, toBytes } from './otsu.ts';

export type MaskRule =
  /** Otsu on the 8-bit map, holes filled. */
  | { readonly type: 'otsu' }
  /** Map above a fixed share of its range. */
  | { readonly type: 'threshold'; readonly threshold: number }
  /** The released CheXseg: Otsu on 255 times the RAW map, so a map whose maximum is below 1/255 is empty. */
  | { readonly type: 'raw-otsu' };

/** Upsamples a grid to `size` (bilinear) and thresholds it: 0 or 1 per pixel. A constant map gives an empty mask. */
export function maskFromMap(
  grid: Float32Array,
  {
    gridSize,
    size,
    rule,
  }: { readonly gridSize: Size; readonly size: Size; readonly rule: MaskRule },
): Uint8Array {
  const map = resizeBilinear({ data: grid, size: gridSize }, size);
  const normalized = rule.type === 'raw-otsu' ? map : normalizeMap(map);
  if (normalized === undefined) return new Uint8Array(map.length);
  if (rule.type === 'threshold') return aboveThreshold(normalized, rule.threshold);
  const bytes = toBytes(normalized);
  return fillHoles(aboveThreshold(bytes, otsuThreshold(bytes)), size[0], size[1]);
}

function aboveThreshold(values: Float32Array | Uint8Array, threshold: number): Uint8Array {
  const mask = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) if (values[i]! > threshold) mask[i] = 1;
  return mask;
}
