/** What every threshold would have given: dataset IoU by class, and IoU, precision and recall of pixels averaged over classes. */
import { type Masks, maskInFrame, masksFor, type Predictions } from '@radiograph/kinds';
import { meanOf } from '../score/iou.ts';
import { probabilityPlane } from '../score/overlap.ts';

/** The thresholds 0.02, 0.04, ... 0.98. */
export const curveThresholds: readonly number[] = Array.from(
  { length: 49 },
  (_, i) => (i + 1) / 50,
);

/** One value per threshold; null where no class defines it (precision: nothing was predicted). */
export type ThresholdCurves = {
  readonly iou: readonly (number | null)[];
  readonly precision: readonly (number | null)[];
  readonly recall: readonly (number | null)[];
  /** IoU of each class by itself. */
  readonly classes: readonly { readonly name: string; readonly iou: readonly (number | null)[] }[];
};

/**
 * Curves over all pixels of the set, in the model's frame. A pixel is predicted strictly above the threshold. Classes without truth
 * have no recall and are left out of it, as are classes that were not annotated.
 */
export function measureThresholds(predictions: Predictions, masks: Masks): ThresholdCurves {
  const truth = masksFor(masks, predictions.ids);
  const counts = predictions.classes.map((name, k) =>
    countAbove(predictions, truth, { k, column: truth.classes.indexOf(name) }),
  );
  const curve = (of: (count: Count, t: number) => number | null) =>
    curveThresholds.map((_, t) => meanOf(counts.map((count) => of(count, t))));
  const divide = (a: number, b: number) => (b === 0 ? null : a / b);
  const iouAt = ({ hits, predicted, positive }: Count, t: number) =>
    divide(hits[t]!, predicted[t]! + positive - hits[t]!);
  return {
    iou: curve(iouAt),
    classes: predictions.classes.map((name, k) => ({
      name,
      iou: curveThresholds.map((_, t) => iouAt(counts[k]!, t)),
    })),
    precision: curve(({ hits, predicted }, t) => divide(hits[t]!, predicted[t]!)),
    recall: curve(({ hits, positive }, t) => divide(hits[t]!, positive)),
  };
}

/** Pixels above each threshold: those inside the truth, and all; `positive` is the truth's size. */
type Count = { readonly hits: Float64Array; readonly predicted: Float64Array; positive: number };

function countAbove(
  predictions: Predictions,
  truth: Masks,
  { k, column }: { readonly k: number; readonly column: number },
): Count {
  const bins = curveThresholds.length;
  const count: Count = {
    hits: new Float64Array(bins),
    predicted: new Float64Array(bins),
    positive: 0,
  };
  for (const [image, frame] of predictions.frames.entries()) {
    const counts = truth.counts[image]?.[column] ?? null;
    if (counts === null) continue;
    const size = truth.sizes[image]!;
    const stored = { counts, size, frame: truth.frames[image]! };
    const mask = maskInFrame(stored, { size: predictions.size, frame, originalSize: size });
    const plane = probabilityPlane(predictions, image, k);
    for (let i = 0; i < mask.length; i++) {
      const above = countBelow(plane[i]!);
      if (above > 0) count.predicted[above - 1]!++;
      if (mask[i] !== 1) continue;
      count.positive++;
      if (above > 0) count.hits[above - 1]!++;
    }
  }
  accumulate(count.hits);
  accumulate(count.predicted);
  return count;
}

/** How many thresholds lie strictly below a probability. */
const countBelow = (probability: number): number =>
  Math.min(curveThresholds.length, Math.max(0, Math.ceil(probability * 50 - 1e-6) - 1));

/** Bin t holds pixels that pass t thresholds and no more; after this, those that pass at least t. */
function accumulate(bins: Float64Array): void {
  for (let t = bins.length - 2; t >= 0; t--) bins[t]! += bins[t + 1]!;
}
