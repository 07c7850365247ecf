/** Dataset-level IoU at twenty thresholds, and the threshold of each class (method.md a.2 step 10 and a.5). */

/**
 * 0, 0.05, ..., 0.95.
 *
 * 0 is counted, as in CheXseg, but never chosen: everything would be foreground, which wins for a class that is not learned.
 */
export const thresholds: readonly number[] = Array.from({ length: 20 }, (_, i) => i / 20);

/** Counts of pixels per class and threshold, summed over images. */
export type ThresholdCounts = {
  readonly add: (k: number, probabilities: Float32Array, truth: Uint8Array) => void;
  /** The best threshold of each class: its IoU, and where it is; the lowest among equals. IoU null if the class never occurs. */
  readonly best: () => readonly { readonly iou: number | null; readonly threshold: number }[];
};

/** Starts counting for `classes` classes. */
export function countThresholds(classes: number): ThresholdCounts {
  const bins = thresholds.length + 1;
  // Pixels by how many thresholds lie strictly below them: predicted at threshold j = pixels of bins above j.
  const inside = Array.from({ length: classes }, () => new Float64Array(bins));
  const outside = Array.from({ length: classes }, () => new Float64Array(bins));
  return {
    add(k, probabilities, truth) {
      for (let i = 0; i < truth.length; i++) {
        const counts = truth[i] === 1 ? inside[k]! : outside[k]!;
        const bin = binOf(probabilities[i]!);
        counts[bin] = counts[bin]! + 1;
      }
    },
    best: () => inside.map((hits, k) => findBest(hits, outside[k]!)),
  };
}

function binOf(probability: number): number {
  let bin = Math.min(thresholds.length, Math.max(0, Math.ceil(probability * 20)));
  // Products of binary fractions may land one off a threshold.
  while (bin > 0 && probability <= thresholds[bin - 1]!) bin--;
  while (bin < thresholds.length && probability > thresholds[bin]!) bin++;
  return bin;
}

function findBest(
  hits: Float64Array,
  misses: Float64Array,
): { iou: number | null; threshold: number } {
  const truth = hits.reduce((a, b) => a + b, 0);
  if (truth === 0) return { iou: null, threshold: 0.5 };
  let best = { iou: -1, threshold: 0.5 };
  let intersection = truth;
  let falsePositives = misses.reduce((a, b) => a + b, 0);
  for (const [j, threshold] of thresholds.entries()) {
    intersection -= hits[j]!;
    falsePositives -= misses[j]!;
    const iou = intersection / (truth + falsePositives);
    if (threshold > 0 && iou > best.iou) best = { iou, threshold };
  }
  return best;
}
