/** What every threshold would give: pixels counted per class and threshold, summed over images. */

/** 0, 0.05, ..., 0.95: those that CheXseg tries (method: localization_eval, dataset IoU on the validation images). */
export const triedThresholds: readonly number[] = Array.from({ length: 20 }, (_, i) => i / 20);

/** 0.02, 0.04, ..., 0.98: those of threshold curves. */
export const curveThresholds: readonly number[] = Array.from(
  { length: 49 },
  (_, i) => (i + 1) / 50,
);

/** One value per threshold; null where it is not defined (precision where nothing is predicted). */
export type ThresholdCurve = {
  readonly iou: readonly (number | null)[];
  readonly precision: readonly (number | null)[];
  readonly recall: readonly (number | null)[];
};

/** The best dataset IoU of a class and its threshold; IoU null if the class never occurs. */
export type BestThreshold = { readonly iou: number | null; readonly threshold: number };

/** Counts of pixels. A pixel is predicted where its probability is strictly above the threshold. */
export type ThresholdCounts = {
  /** Adds an image's class: probabilities and truth (1 = foreground), pixel by pixel. */
  readonly add: (k: number, probabilities: Float32Array, truth: Uint8Array) => void;
  /** The best threshold of each class above 0, the lowest among equals; 0.5 for a class that never occurs. */
  readonly best: () => readonly BestThreshold[];
  readonly curves: () => readonly ThresholdCurve[];
};

/** Starts counting for `classes` classes at ascending thresholds. */
export function countThresholds(
  classes: number,
  thresholds: readonly number[] = triedThresholds,
): ThresholdCounts {
  // Pixels by how many thresholds lie strictly below them: predicted at threshold j = pixels of bins above j.
  const bins = () => Array.from({ length: classes }, () => new Float64Array(thresholds.length + 1));
  const [inside, outside] = [bins(), bins()];
  const countsOf = (k: number) => ({
    hits: countAbove(inside[k]!),
    misses: countAbove(outside[k]!),
  });
  return {
    add(k, probabilities, truth) {
      for (let i = 0; i < truth.length; i++) {
        const counts = truth[i] === 1 ? inside[k]! : outside[k]!;
        counts[findBin(probabilities[i]!, thresholds)]!++;
      }
    },
    best: () => inside.map((_, k) => findBest(countsOf(k), thresholds)),
    curves: () => inside.map((_, k) => drawCurve(countsOf(k))),
  };
}

function findBin(probability: number, thresholds: readonly number[]): number {
  const guess = Math.ceil(probability * thresholds.length);
  let bin = Math.min(thresholds.length, Math.max(0, guess));
  while (bin > 0 && probability <= thresholds[bin - 1]!) bin--;
  while (bin < thresholds.length && probability > thresholds[bin]!) bin++;
  return bin;
}

/** `above[j]`: pixels predicted at threshold j; `all`: every pixel. */
type Above = { readonly above: readonly number[]; readonly all: number };

function countAbove(bins: Float64Array): Above {
  const all = bins.reduce((sum, count) => sum + count, 0);
  let left = all;
  const above = Array.from(bins.subarray(0, -1), (count) => {
    left -= count;
    return left;
  });
  return { above, all };
}

type Counts = { readonly hits: Above; readonly misses: Above };

function findBest({ hits, misses }: Counts, thresholds: readonly number[]): BestThreshold {
  if (hits.all === 0) return { iou: null, threshold: 0.5 };
  let best = { iou: -1, threshold: 0.5 };
  for (const [j, threshold] of thresholds.entries()) {
    const iou = hits.above[j]! / (hits.all + misses.above[j]!);
    // 0 is counted, as in CheXseg, but never chosen: everything would be foreground, which wins for a class that is not learned.
    if (threshold > 0 && iou > best.iou) best = { iou, threshold };
  }
  return best;
}

function drawCurve({ hits, misses }: Counts): ThresholdCurve {
  const divide = (a: number, b: number) => (b === 0 ? null : a / b);
  return {
    iou: hits.above.map((hit, j) => divide(hit, hits.all + misses.above[j]!)),
    precision: hits.above.map((hit, j) => divide(hit, hit + misses.above[j]!)),
    recall: hits.above.map((hit) => divide(hit, hits.all)),
  };
}
