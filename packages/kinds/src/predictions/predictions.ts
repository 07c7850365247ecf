import type { FrameTransform, Size } from '../geometry/frame.ts';

/** Probabilities of a segmenter, `[N, K, H, W]` at the model's input frame, and the threshold of each class. */
export type Predictions = {
  readonly ids: readonly string[];
  readonly classes: readonly string[];
  readonly size: Size;
  readonly frames: readonly FrameTransform[];
  readonly thresholds: readonly number[];
  readonly probabilities: Float32Array;
};
