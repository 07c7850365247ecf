import type { FrameTransform, Size } from '../geometry/frame.ts';

/** Saliency maps: the raw grid before upsampling. `values` is `[N, K, grid]`, `probabilities` `[N, K]`; the grid covers the whole `frame`. */
export type Saliency = {
  readonly ids: readonly string[];
  readonly classes: readonly string[];
  readonly grid: Size;
  readonly frame: Size;
  readonly frames: readonly FrameTransform[];
  readonly values: Float32Array;
  readonly probabilities: Float32Array;
};
