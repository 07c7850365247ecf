/** Supervision -> training samples: which image comes next, and its target. */
import { frameOf, type LabeledSet, maskInFrame, type Supervision } from '@radiograph/kinds';
import { createRandom, type Random } from '@radiograph/statistics';

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
 * N_weak` (released code, SemiSupervisedWeightedDataset; method.md a.3). With share, of any B samples in a row rho B, rounded down or up,
 * are expert-labeled. With one set, that set once.
 */
export function drawEpoch(supervision: Supervision, seed: number, epoch: number): Sample[] {
  const { strong, weak, mixing } = supervision;
  const order = shuffled(countSamples(supervision), createRandom(seed, 'order', epoch));
  if (strong === null || weak === null) {
    const only = (strong ?? weak)!; // the mixer refuses a supervision without any set
    return order.map((index) => ({ set: only, index }));
  }
  switch (mixing.type) {
    case 'rho': {
      const random = createRandom(seed, 'mix', epoch);
      return order.map((index) => take(drawsStrong(mixing, random) ? strong : weak, index));
    }
    case 'share':
      return drawShares({ strong, weak }, mixing.rho, { seed, epoch });
    case 'concatenate': {
      const first = strong.images.ids.length;
      return order.map((index) =>
        index < first ? take(strong, index) : take(weak, index - first),
      );
    }
  }
}

const take = (set: LabeledSet, index: number): Sample => ({
  set,
  index: index % set.images.ids.length,
});

const shuffled = (count: number, random: Random): number[] =>
  random.shuffle(Array.from({ length: count }, (_, i) => i));

type Both = { readonly strong: LabeledSet; readonly weak: LabeledSet };

/** Sample i is expert-labeled where rho (i + 1) passes a whole number: spread evenly, as a line is drawn on a raster. */
function drawShares(
  { strong, weak }: Both,
  rho: number,
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
): Sample[] {
  const orderOf = (set: LabeledSet, name: string) =>
    shuffled(set.images.ids.length, createRandom(seed, name, epoch));
  const orders = { strong: orderOf(strong, 'strong'), weak: orderOf(weak, 'weak') };
  const whole = (i: number) => Math.floor(rho * i + 1e-9); // 0.1 * 10 may fall short of 1
  const count = strong.images.ids.length + weak.images.ids.length;
  return Array.from({ length: count }, (_, i) => {
    const isStrong = whole(i + 1) > whole(i);
    const [set, order, turn] = isStrong
      ? [strong, orders.strong, whole(i)]
      : [weak, orders.weak, i - whole(i)];
    return { set, index: order[turn % order.length]! };
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
