/** Supervision -> training samples: which image comes next, and its target. */
import { frameOf, type LabeledSet, maskInFrame, type Supervision } from '@radiograph/graph';
import { createRandom, type Random } from '@radiograph/tensor';

/** One sample: an image of one of the sets. */
export type Sample = { readonly set: LabeledSet; readonly index: number };

/** Images of both sets together: the length of an epoch. */
export function countSamples({ strong, weak }: Supervision): number {
  return (strong?.images.ids.length ?? 0) + (weak?.images.ids.length ?? 0);
}

/**
 * The samples of one epoch, in training order.
 *
 * With rho each index in 0..N-1 (shuffled) is expert-labeled with probability rho: then image `index mod N_strong`, else `index mod
 * N_weak` (released code, SemiSupervisedWeightedDataset; method.md a.3). With one set, that set once.
 */
export function drawEpoch(supervision: Supervision, seed: number, epoch: number): Sample[] {
  const { strong, weak, mixing } = supervision;
  const count = countSamples(supervision);
  const order = createRandom(seed, 'order', epoch).shuffle(
    Array.from({ length: count }, (_, i) => i),
  );
  const random = createRandom(seed, 'mix', epoch);
  const take = (set: LabeledSet, index: number): Sample => ({
    set,
    index: index % set.images.ids.length,
  });
  return order.map((index) => {
    if (strong === null) return take(weak!, index); // the mixer refuses a supervision without any set
    if (weak === null) return take(strong, index);
    if (mixing.type === 'rho') return take(drawsStrong(mixing, random) ? strong : weak, index);
    const strongCount = strong.images.ids.length;
    return index < strongCount ? take(strong, index) : take(weak, index - strongCount);
  });
}

function drawsStrong(
  { rho, floatTrap }: { rho: number; floatTrap: boolean },
  random: Random,
): boolean {
  // The trap: 3 * 0.1 is 0.30000000000000004, so rho 0.3 acts as 0.2 (method.md a.3).
  return floatTrap ? (1 + random.integer(10)) * 0.1 <= rho : random.next() < rho;
}

/** Masks of one image in its frame, `[K, H * W]` of 0 and 1, and which classes were annotated, `[K]`. */
export type Target = { readonly values: Uint8Array; readonly annotated: Uint8Array };

/** Decodes targets once per image. */
export function createTargets(): (sample: Sample) => Target {
  const known = new Map<LabeledSet, (Target | undefined)[]>();
  return ({ set, index }) => {
    const targets = known.get(set) ?? [];
    known.set(set, targets);
    targets[index] ??= decodeTarget({ set, index });
    return targets[index];
  };
}

function decodeTarget({ set: { images, masks }, index }: Sample): Target {
  const area = images.height * images.width;
  const counts = masks.counts[index]!;
  const values = new Uint8Array(counts.length * area);
  const mask = { size: masks.sizes[index]!, frame: masks.frames[index]! };
  for (const [k, rle] of counts.entries()) {
    if (rle !== null)
      values.set(maskInFrame({ counts: rle, ...mask }, frameOf(images, index)), k * area);
  }
  return { values, annotated: Uint8Array.from(counts, (rle) => (rle === null ? 0 : 1)) };
}
