/** Is one segmenter better than another? Paired over the images that both were scored on. */
import type { Interval, Scores } from '@radiograph/kinds';
import { createRandom } from '@radiograph/statistics';
import { intervalOf } from './bootstrap.ts';
import { classMeans, meanOf } from './iou.ts';

/** The difference `b - a` for one class, or for the mean over classes. Null where no image has the class. */
export type ScoreDifference = {
  readonly name: string;
  readonly a: number | null;
  readonly b: number | null;
  /** Mean of the paired difference of per-image IoU with its percentile interval. */
  readonly difference: Interval | null;
};

/** A paired comparison. `images` counts those that both have. */
export type ScoreComparison = {
  readonly images: number;
  readonly mean: ScoreDifference;
  readonly perClass: readonly ScoreDifference[];
  /** Difference of an image's mean IoU over the classes that both define, per image id. */
  readonly perImage: readonly { readonly id: string; readonly difference: number | null }[];
};

/** Whether an interval leaves zero out. */
export function excludesZero({ lower, upper }: Interval): boolean {
  return lower > 0 || upper < 0;
}

/**
 * Compares two scores by the per-image protocol, classes joined by name and images by id.
 *
 * Each bootstrap replicate draws images with replacement once and uses the same draw for both sides (paired), 95 % percentile
 * interval; deterministic for a seed. The mean is over classes of each class's mean difference, as mIoU is.
 */
export function compareScores(
  a: Scores,
  b: Scores,
  { replicates = 1000, seed = 0 }: { readonly replicates?: number; readonly seed?: number } = {},
): ScoreComparison {
  const classes = a.classes.filter((name) => b.classes.includes(name));
  const ids = a.ids.filter((id) => b.ids.includes(id));
  const rowsOf = (scores: Scores) => {
    const rows = new Map(scores.ids.map((id, i) => [id, scores.perImage.iou[i]!]));
    const columns = classes.map((name) => scores.classes.indexOf(name));
    return ids.map((id) => columns.map((k) => rows.get(id)![k]!));
  };
  const [rowsA, rowsB] = [rowsOf(a), rowsOf(b)];
  const deltas = rowsA.map((row, i) => row.map((value, k) => subtract(rowsB[i]![k]!, value)));
  const random = createRandom(seed, 'compare');
  const draws = Array.from({ length: ids.length === 0 ? 0 : replicates }, () =>
    classMeans(
      deltas,
      ids.map(() => random.integer(ids.length)),
    ),
  );
  const [meansA, meansB, whole] = [rowsA, rowsB, deltas].map((rows) =>
    classMeans(rows, [...ids.keys()]),
  );
  const describe = (name: string, pick: (means: Row) => number | null): ScoreDifference => {
    const interval = intervalOf(draws.map(pick));
    const mean = pick(whole!);
    const difference = interval === null || mean === null ? null : { ...interval, mean };
    return { name, a: pick(meansA!), b: pick(meansB!), difference };
  };
  return {
    images: ids.length,
    mean: describe('mean', meanOf),
    perClass: classes.map((name, k) => describe(name, (means) => means[k] ?? null)),
    perImage: ids.map((id, i) => ({ id, difference: meanOf(deltas[i]!) })),
  };
}

type Row = readonly (number | null)[];

const subtract = (b: number | null, a: number | null) => (a === null || b === null ? null : b - a);
