/** What is compared, and what the comparison says. */
import type { BootstrapIntervals } from '../bootstrap/bootstrap-means.ts';
import type { Interval } from '../bootstrap/interval.ts';
import type { Matrix } from '../mean.ts';

/** What an evaluator measured: IoU per image and class `[N][K]`, IoU of the whole set, and the intervals of its own bootstrap. */
export type ImageScores = {
  readonly classes: readonly string[];
  readonly ids: readonly string[];
  readonly perImage: { readonly iou: Matrix };
  readonly dataset: { readonly perClass: readonly (number | null)[] };
  readonly bootstrap: BootstrapIntervals;
};

/** An arm of an experiment: its scores by seed. */
export type Arm = {
  readonly name: string;
  readonly seeds: readonly { readonly seed: number; readonly scores: ImageScores }[];
};

/** Mean per-image IoU over images and seeds, with its 95 % interval. */
export type ArmScore = {
  readonly name: string;
  readonly perClass: readonly (Interval | null)[];
  /** mIoU: the mean of the class means. */
  readonly mean: Interval | null;
  /** mIoU per seed, in the order of `seeds`. */
  readonly meanPerSeed: readonly (number | null)[];
  /** Dataset IoU (summed over the whole set, divided once), mean over seeds; null where images of an arm were left out. */
  readonly dataset: { readonly perClass: readonly (number | null)[]; readonly mean: number | null };
};

/** `b - a`, from draws that both arms share. */
export type Difference = {
  /** A class, or `mean`. */
  readonly name: string;
  readonly difference: Interval | null;
  /** Two-sided p value of the bootstrap (`twoSidedP`). */
  readonly p: number | null;
  /** Holm's correction over all pairs (of the mean), or over all pairs and classes. */
  readonly adjustedP: number | null;
};

export type PairDifference = {
  readonly a: string;
  readonly b: string;
  readonly mean: Difference;
  readonly perClass: readonly Difference[];
};

/** One image of one seed: the mean IoU of each arm over the classes that it defines. */
export type ImageSpread = {
  readonly seed: number;
  readonly id: string;
  readonly iou: readonly (number | null)[];
  /** Largest minus smallest; 0 with fewer than two. */
  readonly spread: number;
};

/** What not all arms have, and so was not compared. `images` are counted over the seeds. */
export type LeftOut = {
  readonly classes: readonly string[];
  readonly seeds: readonly number[];
  readonly images: number;
};

export type ArmsComparison = {
  readonly classes: readonly string[];
  readonly seeds: readonly number[];
  readonly leftOut: LeftOut;
  /** Bootstrap draws. */
  readonly replicates: number;
  readonly arms: readonly ArmScore[];
  readonly pairs: readonly PairDifference[];
  /** All images of all seeds, those on which the arms disagree most first. */
  readonly images: readonly ImageSpread[];
};
