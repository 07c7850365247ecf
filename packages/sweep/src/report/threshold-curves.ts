/** What every threshold would have given: dataset IoU, precision and recall of pixels, by class and averaged over classes. */
import { type Masks, maskInFrame, masksFor, type Predictions } from '@radiograph/kinds';
import {
  countThresholds,
  curveThresholds,
  meanOf,
  type ThresholdCounts,
  type ThresholdCurve,
} from '@radiograph/statistics';

/** One value per threshold of `curveThresholds`; null where no class defines it. */
export type ThresholdCurves = ThresholdCurve & {
  /** IoU of each class by itself. */
  readonly classes: readonly { readonly name: string; readonly iou: readonly (number | null)[] }[];
};

/**
 * Curves over all pixels of the set, in the model's frame. A pixel is predicted strictly above the threshold. Classes without truth
 * have no recall and are left out of it, as are classes that were not annotated.
 */
export function measureThresholds(predictions: Predictions, masks: Masks): ThresholdCurves {
  const truth = masksFor(masks, predictions.ids);
  const counts = countThresholds(predictions.classes.length, curveThresholds);
  predictions.classes.forEach((name, k) => {
    addClass(counts, predictions, truth, { k, column: truth.classes.indexOf(name) });
  });
  const curves = counts.curves();
  const averageOf = (pick: (curve: ThresholdCurve) => readonly (number | null)[]) =>
    curveThresholds.map((_, t) => meanOf(curves.map((curve) => pick(curve)[t]!)));
  return {
    iou: averageOf(({ iou }) => iou),
    precision: averageOf(({ precision }) => precision),
    recall: averageOf(({ recall }) => recall),
    classes: predictions.classes.map((name, k) => ({ name, iou: curves[k]!.iou })),
  };
}

function addClass(
  counts: ThresholdCounts,
  { frames, classes, size, probabilities }: Predictions,
  truth: Masks,
  { k, column }: { readonly k: number; readonly column: number },
): void {
  const area = size[0] * size[1];
  for (const [image, frame] of frames.entries()) {
    const drawn = truth.counts[image]?.[column] ?? null;
    if (drawn === null) continue;
    const originalSize = truth.sizes[image]!;
    const stored = { counts: drawn, size: originalSize, frame: truth.frames[image]! };
    const start = (image * classes.length + k) * area;
    const plane = probabilities.subarray(start, start + area);
    counts.add(k, plane, maskInFrame(stored, { size, frame, originalSize }));
  }
}
