/** Counts of pixels: what both IoU protocols are made of. */
import {
  type Masks,
  maskInFrame,
  type Predictions,
  resizeBilinear,
  type StoredMask,
} from '@radiograph/kinds';
import type { Overlap } from '@radiograph/statistics';

/** Where masks are compared: in the model's frame (padding included, as CheXseg does) or in original pixels. */
export type CompareFrame = 'model' | 'original';

export type OverlapTask = {
  readonly predictions: Predictions;
  /** Truth for `predictions.ids`, in that order and with the classes of the predictions at `columns`. */
  readonly truth: Masks;
  readonly columns: readonly number[];
  readonly thresholds: readonly number[];
  readonly frame: CompareFrame;
};

/** Overlaps `[N][K]`: prediction = probability strictly above the class's threshold. */
export function countOverlaps(task: OverlapTask): Overlap[][] {
  const { predictions } = task;
  return predictions.ids.map((_, image) =>
    predictions.classes.map((__, k) => countOverlap(task, image, k)),
  );
}

function countOverlap(task: OverlapTask, image: number, k: number): Overlap {
  const { predictions, truth, columns, thresholds, frame } = task;
  const counts = truth.counts[image]![columns[k]!];
  if (counts === null || counts === undefined) return null;
  const mask: StoredMask = { counts, size: truth.sizes[image]!, frame: truth.frames[image]! };
  const target = {
    size: predictions.size,
    frame: predictions.frames[image]!,
    originalSize: mask.size,
  };
  const plane = probabilityPlane(predictions, image, k);
  if (frame === 'model') return overlapOf(maskInFrame(mask, target), plane, thresholds[k]!);
  const inMask = { size: mask.size, frame: mask.frame, originalSize: mask.size };
  return overlapOf(
    maskInFrame(mask, inMask),
    projectPlane(plane, predictions, { image, mask }),
    thresholds[k]!,
  );
}

/** The probabilities of one class of one image, a view `[H * W]`. */
export function probabilityPlane(
  { probabilities, size, classes }: Predictions,
  image: number,
  k: number,
): Float32Array {
  const area = size[0] * size[1];
  const start = (image * classes.length + k) * area;
  return probabilities.subarray(start, start + area);
}

/** Brings a probability plane to the pixels of a mask, bilinear: first without its padding, then at the mask's size. */
function projectPlane(
  plane: Float32Array,
  { size, frames }: Predictions,
  { image, mask }: { image: number; mask: StoredMask },
): Float32Array {
  const frame = frames[image]!;
  const [height, width] = mask.size;
  const toFrame = (edge: number, axis: 'X' | 'Y') =>
    (mask.frame[`scale${axis}`] * edge + mask.frame[`offset${axis}`] - frame[`offset${axis}`]) /
    frame[`scale${axis}`];
  const [top, bottom, left, right] = [
    toFrame(0, 'Y'),
    toFrame(height, 'Y'),
    toFrame(0, 'X'),
    toFrame(width, 'X'),
  ].map(Math.round) as [number, number, number, number];
  const inner = new Float32Array((bottom - top) * (right - left));
  for (let y = top; y < bottom; y++) {
    inner.set(plane.subarray(y * size[1] + left, y * size[1] + right), (y - top) * (right - left));
  }
  return resizeBilinear({ data: inner, size: [bottom - top, right - left] }, mask.size);
}

/** Counts two masks of one frame: `plane` is predicted where it is strictly above the threshold. */
export function overlapOf(
  truth: Uint8Array,
  plane: Float32Array | Uint8Array,
  threshold: number,
): NonNullable<Overlap> {
  let intersection = 0;
  let inTruth = 0;
  let inPlane = 0;
  for (let i = 0; i < truth.length; i++) {
    const predicted = plane[i]! > threshold;
    if (truth[i] === 1) inTruth++;
    if (predicted) inPlane++;
    if (truth[i] === 1 && predicted) intersection++;
  }
  return {
    intersection,
    union: inTruth + inPlane - intersection,
    truth: inTruth,
    predicted: inPlane,
  };
}
