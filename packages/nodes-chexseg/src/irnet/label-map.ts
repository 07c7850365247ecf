/** One saliency map -> where a finding surely is and surely is not (IRNet's cam_to_ir_label; method.md b.4). */
import { resizeBilinear, type Size } from '@radiograph/kinds';
import { chooseForeground, type DenseCrf } from '../crf/dense-crf.ts';

/** 0 or 1 per pixel, `[H * W]` each; a pixel in neither is left out of the training. */
export type ConfidentLabels = { readonly foreground: Uint8Array; readonly background: Uint8Array };

/** Shares of the map's maximum: above `foreground` a pixel may be foreground, at or below `background` background. */
export type LabelThresholds = { readonly foreground: number; readonly background: number };

/**
 * A map on the grid of its layer -> the map at `size`, divided by its maximum. undefined if nothing in it is above 0: the released code
 * divides 0 by 0 there, and argmax of NaN makes the whole image foreground (method.md a.7.3).
 */
export function scaleByMaximum(
  grid: ArrayLike<number>,
  gridSize: Size,
  size: Size,
): Float32Array | undefined {
  const map = resizeBilinear({ data: grid, size: gridSize }, size);
  const highest = map.reduce((a, b) => Math.max(a, b), 0);
  return highest > 0 ? map.map((value) => Math.max(0, value) / highest) : undefined;
}

/**
 * Confident labels of a map in 0..1. Two label maps, above either threshold, are cleaned by the dense CRF: foreground is where the strict
 * one says foreground, background where both say background.
 */
export function findConfident(
  map: Float32Array,
  { foreground, background }: LabelThresholds,
  crf: DenseCrf,
): ConfidentLabels {
  const cleaned = (threshold: number) =>
    chooseForeground(
      crf.infer(
        Uint8Array.from(map, (value) => (value > threshold ? 1 : 0)),
        2,
      ),
    );
  const strict = cleaned(foreground);
  const lax = cleaned(background);
  return {
    foreground: strict,
    background: strict.map((isForeground, i) => (isForeground === 0 && lax[i] === 0 ? 1 : 0)),
  };
}
