/**
 * Several arms of an experiment, each run with the same seeds: which is better, and is the difference more than chance?
 *
 * This is the one estimator: nodes, `compare`, reports and the server call it. Pairing: an arm's result with a seed is compared with the
 * other arms' with that seed, on the same images. The difference of two arms is the difference of their means.
 */
import { measureWhole } from '../bootstrap/draw.ts';
import type { Interval } from '../bootstrap/interval.ts';
import { meanOf } from '../mean.ts';
import type { Aligned } from './align.ts';
import type { Arm, ArmScore, ArmsComparison } from './arm.ts';
import { type DrawOptions, type Estimator, estimateArms } from './estimate.ts';
import { comparePairs } from './pairs.ts';
import { rankImages } from './rank-images.ts';

/**
 * Compares arms on the classes, seeds and images that all of them have; empty where they have nothing in common.
 *
 * Each class and the mean are 95 % percentile intervals around the value of all images. Deterministic for a seed. Without `replicates`
 * there are as many draws as it takes for Holm's correction over all pairs and classes to be able to reach p < 0.01, at least 1,000.
 */
export function compareArms(arms: readonly Arm[], options: DrawOptions = {}): ArmsComparison {
  const estimator = estimateArms(arms, options, 'compare arms');
  const { aligned, replicates } = estimator;
  return {
    classes: aligned.classNames,
    seeds: aligned.blocks.map(({ seed }) => seed),
    leftOut: aligned.leftOut,
    replicates,
    arms: arms.map((arm, a) => scoreArm(arm, a, estimator)),
    pairs: comparePairs(arms, estimator),
    images: rankImages(aligned),
  };
}

function scoreArm(arm: Arm, a: number, estimator: Estimator): ArmScore {
  const { aligned } = estimator;
  const own = findWhole(arm, aligned);
  const drawn = {
    perClass: aligned.classNames.map((_, k) => estimator.intervalOf(estimator.classOf(a, k))),
    mean: estimator.intervalOf(estimator.meanOf(a)),
  };
  const keep = (interval: Interval | null, evaluated: Interval | null) =>
    interval === null || evaluated === null ? interval : { ...evaluated, mean: interval.mean };
  return {
    name: arm.name,
    perClass: drawn.perClass.map((one, k) => keep(one, own?.perClass[k] ?? null)),
    mean: keep(drawn.mean, own?.mean ?? null),
    meanPerSeed: aligned.blocks.map((block) =>
      estimator.meanOf(a)(measureWhole({ ...aligned, blocks: [block] })),
    ),
    dataset: averageDataset(arm, aligned),
  };
}

/**
 * The intervals of an arm that is one run of which nothing was left out: those that its evaluator drew. So a run has one interval,
 * wherever it is shown.
 */
function findWhole(arm: Arm, aligned: Aligned) {
  const [only, ...others] = findCompared(arm, aligned);
  if (only === undefined || others.length > 0 || !only.isWhole) return undefined;
  const { classes, bootstrap } = only.scores;
  if (classes.length !== aligned.classes) return undefined;
  const columns = aligned.classNames.map((name) => classes.indexOf(name));
  return { perClass: columns.map((k) => bootstrap.perClass[k] ?? null), mean: bootstrap.mean };
}

function averageDataset(arm: Arm, aligned: Aligned): ArmScore['dataset'] {
  const compared = findCompared(arm, aligned);
  const isWhole = compared.every((one) => one.isWhole);
  const perClass = aligned.classNames.map((name) =>
    meanOf(
      compared.map(({ scores: { dataset, classes } }) =>
        isWhole ? (dataset.perClass[classes.indexOf(name)] ?? null) : null,
      ),
    ),
  );
  return { perClass, mean: meanOf(perClass) };
}

/** The scores of an arm that take part, and whether all of their images do. */
function findCompared({ seeds }: Arm, { blocks }: Aligned) {
  return seeds.flatMap(({ seed, scores }) => {
    const block = blocks.find((one) => one.seed === seed);
    return block === undefined ? [] : [{ scores, isWhole: block.ids.length === scores.ids.length }];
  });
}
