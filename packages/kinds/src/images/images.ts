import type { FrameTransform, Size } from '../geometry/frame.ts';

/** N radiographs packed at one frame size. `pixels` is `[R, H, W]`; image i is row `rows[i]`, so a subset shares its parent's bytes. */
export type Images = {
  readonly ids: readonly string[];
  readonly patientIds: readonly string[];
  readonly originalSizes: readonly Size[];
  /** Frame to original pixels, per image. */
  readonly frames: readonly FrameTransform[];
  readonly height: number;
  readonly width: number;
  readonly bitDepth: 8 | 16;
  readonly rows: readonly number[];
  readonly pixels: Uint8Array | Uint16Array;
};
