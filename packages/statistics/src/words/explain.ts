/** What was compared, and how, in words. */
import type { ArmsComparison, LeftOut } from '../compare/arm.ts';
import { countOf, describeSample } from './verdict.ts';

type Explained = Pick<
  ArmsComparison,
  'seeds' | 'pairs' | 'classes' | 'images' | 'leftOut' | 'replicates'
>;

/** What a reader must know before believing the numbers. */
export function explainComparison(comparison: Explained): string {
  const { seeds, images, classes, leftOut } = comparison;
  if (images.length === 0) return 'The arms have no image, seed and class in common.';
  const sample = describeSample({ images: images.length, seeds: seeds.length });
  return [
    `Compared: per-image IoU of ${countOf(classes.length, 'class', 'classes')} on ${sample}; averaged over images, then seeds, then classes (mIoU).`,
    ...explainLeftOut(leftOut),
    explainDraws(comparison),
    explainTests(comparison),
  ].join(' ');
}

function explainLeftOut({ classes, seeds, images }: LeftOut): string[] {
  const parts = [
    ...(classes.length > 0 ? [`classes ${classes.join(', ')}`] : []),
    ...(seeds.length > 0 ? [`seeds ${seeds.join(', ')}`] : []),
    ...(images > 0 ? [countOf(images, 'image')] : []),
  ];
  return parts.length === 0
    ? []
    : [`Left out, because not every arm has them: ${parts.join('; ')}.`];
}

function explainDraws({ seeds, replicates }: Explained): string {
  const method = `Intervals: 95 % percentile bootstrap, ${replicates} draws`;
  return seeds.length > 1
    ? `${method}; each takes seeds with replacement and images within each seed, the same for all arms (paired). ${countOf(seeds.length, 'seed')} say little about the spread between seeds: such intervals tend to be too narrow.`
    : `${method} of images, the same for all arms (paired). One seed: nothing is said about how much training varies.`;
}

function explainTests({ pairs, classes }: Explained): string {
  const tests = pairs.length * classes.length;
  return `Holm's correction is over ${countOf(pairs.length, 'comparison')} of the mean, and over ${tests} of single classes; without it one in twenty would look like a difference by chance.`;
}
