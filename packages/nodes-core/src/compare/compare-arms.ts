/**
 * Several arms of an experiment, each run with the same seeds: which is better, and is the difference more than chance?
 *
 * Pairing: an arm's result with a seed is compared with the other arms' with that seed, on the same images. Bootstrap: each draw takes
 * seeds with replacement and, within each, images with replacement; all arms see the same draw. With one seed only images are drawn.
 */
import type { Interval, Scores } from '@radiograph/kinds';
import { createRandom } from '@radiograph/statistics';
import { intervalOf } from '../score/bootstrap.ts';
import { meanOf } from '../score/iou.ts';
import { adjustHolm } from './holm.ts';

/** An arm: its scores by seed. */
export type Arm = {
  readonly name: string;
  readonly seeds: readonly { readonly seed: number; readonly scores: Scores }[];
};

/** Mean per-image IoU over images and seeds, with the 95 % interval of the draws. */
export type ArmScore = {
  readonly name: string;
  readonly perClass: readonly (Interval | null)[];
  /** mIoU: the mean of the class means. */
  readonly mean: Interval | null;
  /** mIoU per seed, in the order of `seeds`. */
  readonly meanPerSeed: readonly (number | null)[];
  /** Dataset IoU (summed over the set, divided once), mean over seeds. */
  readonly dataset: { readonly perClass: readonly (number | null)[]; readonly mean: number | null };
};

/** `b - a`, from draws that both arms share. */
export type Difference = {
  /** A class, or `mean`. */
  readonly name: string;
  readonly difference: Interval | null;
  /** Two-sided bootstrap p value: twice the share of draws on the rarer side of 0. */
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
export type ImageScores = {
  readonly seed: number;
  readonly id: string;
  readonly iou: readonly (number | null)[];
  /** Largest minus smallest; 0 with fewer than two. */
  readonly spread: number;
};

export type ArmsComparison = {
  readonly classes: readonly string[];
  readonly seeds: readonly number[];
  readonly arms: readonly ArmScore[];
  readonly pairs: readonly PairDifference[];
  /** All images, those on which the arms disagree most first. */
  readonly images: readonly ImageScores[];
};

/**
 * Compares arms on the classes, seeds and images that all of them have; empty where they have nothing in common.
 *
 * Each class and the mean are 95 % percentile intervals around the value of all images. Deterministic for a seed. Without `replicates`
 * there are as many draws as it takes for Holm's correction over all pairs and classes to be able to reach p < 0.01, at least 1,000.
 */
export function compareArms(
  arms: readonly Arm[],
  { replicates, seed = 0 }: { readonly replicates?: number; readonly seed?: number } = {},
): ArmsComparison {
  const shared = alignArms(arms);
  const count = replicates ?? enoughReplicates(arms.length, shared.classes.length);
  const whole = shared.blocks.map((block) => ({ block, rows: block.ids.map((_, i) => i) }));
  const estimate = measure(shared, whole);
  const random = createRandom(seed, 'compare arms');
  const draws = Array.from({ length: shared.blocks.length === 0 ? 0 : count }, () =>
    measure(
      shared,
      drawBlocks(shared.blocks, (below) => random.integer(below)),
    ),
  );
  const interval = (pick: (all: Measures) => number | null): Interval | null => {
    const around = intervalOf(draws.map(pick));
    const mean = pick(estimate);
    return around === null || mean === null ? null : { ...around, mean };
  };
  return {
    classes: shared.classes,
    seeds: shared.blocks.map((block) => block.seed),
    arms: arms.map((arm, a) => ({
      name: arm.name,
      perClass: shared.classes.map((_, k) => interval((all) => all[a]![k]!)),
      mean: interval((all) => meanOf(all[a]!)),
      meanPerSeed: whole.map((drawn) => meanOf(measure(shared, [drawn])[a]!)),
      dataset: averageDataset(arm, shared),
    })),
    pairs: comparePairs(arms, shared.classes, { draws, interval }),
    images: rankImages(shared),
  };
}

/** The least p of R draws is 2 / (R + 1); the correction multiplies it by the number of tests. */
function enoughReplicates(arms: number, classes: number): number {
  const tests = ((arms * (arms - 1)) / 2) * classes;
  return Math.min(50_000, Math.max(1000, 200 * tests));
}

type Row = readonly (number | null)[];
/** `[arm][class]`. */
type Measures = readonly Row[];
/** Images that all arms have under one seed. `rows[arm][image]` is an IoU per class. */
type Block = {
  readonly seed: number;
  readonly ids: readonly string[];
  readonly rows: readonly (readonly Row[])[];
};
type Shared = {
  readonly arms: number;
  readonly classes: readonly string[];
  readonly blocks: readonly Block[];
};

function alignArms(arms: readonly Arm[]): Shared {
  const all = arms.flatMap(({ seeds }) => seeds.map(({ scores }) => scores));
  const classes = (all[0]?.classes ?? []).filter((name) =>
    all.every((scores) => scores.classes.includes(name)),
  );
  const seeds = (arms[0]?.seeds ?? []).map(({ seed }) => seed);
  const blocks = seeds.flatMap((seed) => {
    const scores = arms.flatMap((arm) => arm.seeds.find((one) => one.seed === seed)?.scores ?? []);
    return scores.length === arms.length ? [alignSeed(seed, scores, classes)] : [];
  });
  return { arms: arms.length, classes, blocks: blocks.filter(({ ids }) => ids.length > 0) };
}

function alignSeed(seed: number, scores: readonly Scores[], classes: readonly string[]): Block {
  const ids = scores[0]!.ids.filter((id) => scores.every((one) => one.ids.includes(id)));
  const rows = scores.map((one) => {
    const columns = classes.map((name) => one.classes.indexOf(name));
    const byId = new Map(one.ids.map((id, i) => [id, one.perImage.iou[i]!]));
    return ids.map((id) => columns.map((k) => byId.get(id)![k]!));
  });
  return { seed, ids, rows };
}

type Drawn = { readonly block: Block; readonly rows: readonly number[] };

function drawBlocks(blocks: readonly Block[], draw: (below: number) => number): Drawn[] {
  return blocks.map((only) => {
    const block = blocks.length === 1 ? only : blocks[draw(blocks.length)]!;
    return { block, rows: block.ids.map(() => draw(block.ids.length)) };
  });
}

/** Class means over the images of each seed, then over the seeds. */
function measure({ arms, classes }: Shared, drawn: readonly Drawn[]): Measures {
  return Array.from({ length: arms }, (_, arm) =>
    classes.map((__, k) =>
      meanOf(drawn.map(({ block, rows }) => columnMean(block.rows[arm]!, rows, k))),
    ),
  );
}

// The inner loop of the bootstrap: no lists are made.
function columnMean(matrix: readonly Row[], rows: readonly number[], k: number): number | null {
  let sum = 0;
  let count = 0;
  for (const row of rows) {
    const value = matrix[row]![k] ?? null;
    if (value === null) continue;
    sum += value;
    count++;
  }
  return count === 0 ? null : sum / count;
}

function averageDataset(arm: Arm, { classes, blocks }: Shared): ArmScore['dataset'] {
  const scores = arm.seeds.filter(({ seed }) => blocks.some((block) => block.seed === seed));
  const perClass = classes.map((name) =>
    meanOf(
      scores.map(({ scores: one }) => one.dataset.perClass[one.classes.indexOf(name)] ?? null),
    ),
  );
  return { perClass, mean: meanOf(perClass) };
}

type Bootstrap = {
  readonly draws: readonly Measures[];
  readonly interval: (pick: (all: Measures) => number | null) => Interval | null;
};

function comparePairs(
  arms: readonly Arm[],
  classes: readonly string[],
  { draws, interval }: Bootstrap,
): PairDifference[] {
  const describe = (name: string, pick: (all: Measures) => number | null) => ({
    name,
    difference: interval(pick),
    p: twoSidedP(draws.map(pick)),
  });
  const pairs = arms.flatMap((_, a) =>
    arms.slice(a + 1).map((__, offset) => [a, a + 1 + offset] as const),
  );
  const means = pairs.map(([a, b]) =>
    describe('mean', (all) => subtract(meanOf(all[b]!), meanOf(all[a]!))),
  );
  const perClass = pairs.map(([a, b]) =>
    classes.map((name, k) => describe(name, (all) => subtract(all[b]![k]!, all[a]![k]!))),
  );
  const meanPs = adjustHolm(means.map(({ p }) => p));
  const classPs = adjustHolm(perClass.flat().map(({ p }) => p));
  return pairs.map(([a, b], i) => ({
    a: arms[a]!.name,
    b: arms[b]!.name,
    mean: { ...means[i]!, adjustedP: meanPs[i]! },
    perClass: perClass[i]!.map((one, k) => ({
      ...one,
      adjustedP: classPs[i * classes.length + k]!,
    })),
  }));
}

/** Twice the share of draws at or beyond 0 on the rarer side; one is added to both counts, so that it is never 0. */
function twoSidedP(values: Row): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const below = known.filter((value) => value <= 0).length;
  const above = known.filter((value) => value >= 0).length;
  return Math.min(1, (2 * (Math.min(below, above) + 1)) / (known.length + 1));
}

const subtract = (b: number | null, a: number | null): number | null =>
  a === null || b === null ? null : b - a;

function rankImages({ blocks }: Shared): ImageScores[] {
  const images = blocks.flatMap(({ seed, ids, rows }) =>
    ids.map((id, i) => {
      const iou = rows.map((matrix) => meanOf(matrix[i]!));
      const known = iou.filter((value) => value !== null);
      const spread = known.length < 2 ? 0 : Math.max(...known) - Math.min(...known);
      return { seed, id, iou, spread };
    }),
  );
  return images.sort((a, b) => b.spread - a.spread);
}
