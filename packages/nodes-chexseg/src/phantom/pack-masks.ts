import { emptyRle, encodeRle, identityFrame, type MaskSource, type Masks } from '@radiograph/kinds';
import { findings } from './finding.ts';
import type { PhantomCase } from './phantom-case.ts';
import type { FindingMasks } from './readers.ts';

/** All ten findings of every patient; one that is not there is an empty mask, not a missing annotation. */
export function packMasks(
  cases: readonly PhantomCase[],
  source: MaskSource,
  of: (drawn: PhantomCase) => FindingMasks,
): Masks {
  return {
    ids: cases.map(({ id }) => id),
    classes: findings,
    source,
    sizes: cases.map(({ size }) => [size, size] as const),
    frames: cases.map(() => identityFrame),
    counts: cases.map((drawn) =>
      findings.map((finding) => {
        const mask = of(drawn).get(finding);
        return mask === undefined
          ? emptyRle(drawn.size, drawn.size)
          : encodeRle(mask, drawn.size, drawn.size);
      }),
    ),
  };
}
