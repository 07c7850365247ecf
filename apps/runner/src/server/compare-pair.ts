/** Two evaluators side by side, by the estimator that `radiograph compare` and reports use: the same digits for the same runs. */
import type { ScoreComparison } from '@radiograph/api';
import type { Scores } from '@radiograph/kinds';
import {
  type ArmsComparison,
  compareArms,
  explainComparison,
  judgePair,
} from '@radiograph/statistics';

type Compared = ArmsComparison['pairs'][number]['mean'];

/** Compares `b` with `a`; `perImage` is the difference of an image's mean over the classes that each defines. Null: nothing is in common. */
export function comparePair(
  a: Scores,
  b: Scores,
  options: { readonly replicates?: number },
): ScoreComparison | null {
  const armOf = (name: string, scores: Scores) => ({ name, seeds: [{ seed: 0, scores }] });
  const compared = compareArms([armOf('a', a), armOf('b', b)], options);
  const { images, classes, arms, pairs } = compared;
  const [pair, left, right] = [pairs[0]!, arms[0]!, arms[1]!];
  const describe = (one: Compared, means: readonly ({ mean: number } | null)[]) => ({
    name: one.name,
    a: means[0]?.mean ?? null,
    b: means[1]?.mean ?? null,
    difference: one.difference,
    p: one.adjustedP,
    verdict: judgePair(pair, one, 1),
  });
  if (images.length === 0 || classes.length === 0) return null;
  return {
    images: images.length,
    note: explainComparison(compared),
    mean: describe(pair.mean, [left.mean, right.mean]),
    perClass: classes.map((_, k) =>
      describe(pair.perClass[k]!, [left.perClass[k]!, right.perClass[k]!]),
    ),
    perImage: images.map(({ id, iou: [ours, theirs] }) => ({
      id,
      difference: ours == null || theirs == null ? null : theirs - ours,
    })),
  };
}
