import type { FrameTransform, Size } from '../geometry/frame.ts';

/** Who drew the masks. */
export type MaskSource = 'expert' | 'pseudo' | 'human' | 'prediction';

/** Multi-label masks as COCO run-length strings `[N][K]`, each at its image's `sizes[i]`; null = this class was not annotated. */
export type Masks = {
  readonly ids: readonly string[];
  readonly classes: readonly string[];
  readonly source: MaskSource;
  readonly sizes: readonly Size[];
  readonly frames: readonly FrameTransform[];
  readonly counts: readonly (readonly (string | null)[])[];
};
