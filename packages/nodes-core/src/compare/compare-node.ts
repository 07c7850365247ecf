import { dataError, defineNode, many, port } from '@radiograph/graph';
import {
  type Arm,
  compareArms,
  tabulateArms,
  tabulateDifferences,
  tabulateImages,
} from '@radiograph/statistics';
import { z } from 'zod';

const manual = `Compares segmenters: IoU side by side, and whether a difference is more than chance.

Wire the scores of two or more evaluators (core.miou, or the readers of core.reader-gap); each is an arm, named by its node's label. Classes
are joined by name and images by id; what not all arms have is left out.

arms: mean per-image IoU per class and its mean over classes (mIoU) with 95 % percentile bootstrap intervals. differences: every pair, from
draws that both arms share (paired), with a two-sided bootstrap p value and Holm's correction over all pairs (of the mean) or over all pairs
and classes; "verdict" names a side only where the corrected p is below 0.05. images: every image, those on which the arms disagree most first.

The intervals speak about other images of the same kind, not about training again: for that, sweep over seeds (\`radiograph sweep --seeds\`),
whose report draws seeds and images.

Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 16; Holm, 1979.`;

const params = z.strictObject({
  replicates: z.int().min(10).max(100_000).default(1000).describe('bootstrap draws'),
});

export const compare = defineNode({
  type: 'core.compare',
  version: 1,
  title: 'Compare',
  manual,
  inputs: { scores: many('scores', 'an arm each') },
  outputs: {
    arms: port('table', 'IoU per class and arm'),
    differences: port('table', 'paired differences of all arms'),
    images: port('table', 'images by disagreement'),
  },
  params,
  uses: ['seed'],
  run: async ({ scores }, { replicates }, { seed }) => {
    if (scores.length < 2)
      throw dataError('scores', `expected at least two arms, got ${scores.length}`);
    const arms = scores.map(({ label, value }, i): Arm => {
      const isTaken = scores.some((other, j) => j < i && other.label === label);
      return { name: isTaken ? `${label} ${i + 1}` : label, seeds: [{ seed: 0, scores: value }] };
    });
    const comparison = compareArms(arms, { replicates, seed });
    if (comparison.images.length === 0)
      throw dataError('scores', 'expected images that all arms were scored on, got none');
    return {
      arms: tabulateArms(comparison),
      differences: tabulateDifferences(comparison),
      images: tabulateImages(comparison),
    };
  },
});
