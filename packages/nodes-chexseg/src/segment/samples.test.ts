import {
  emptyRle,
  encodeRle,
  identityFrame,
  type LabeledSet,
  type Supervision,
} from '@radiograph/kinds';
import { describe, expect, test } from 'vitest';
import { createTargets, drawEpoch } from './samples.ts';

function setOf(count: number, prefix: string): LabeledSet {
  const ids = Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  const sizes = ids.map(() => [2, 2] as const);
  const frames = ids.map(() => identityFrame);
  return {
    images: {
      ids,
      patientIds: ids,
      originalSizes: sizes,
      frames,
      height: 2,
      width: 2,
      bitDepth: 8,
      rows: ids.map((_, i) => i),
      pixels: new Uint8Array(4 * count),
    },
    masks: {
      ids,
      classes: ['x', 'y'],
      source: 'expert',
      sizes,
      frames,
      counts: ids.map(() => [encodeRle(Uint8Array.of(1, 0, 0, 1), 2, 2), null]),
    },
  };
}
const strong = setOf(7, 's');
const weak = setOf(13, 'w');
const mix = (rho: number, floatTrap = false): Supervision => ({
  strong,
  weak,
  mixing: { type: 'rho', rho, floatTrap },
});

function shareOfStrong(supervision: Supervision): number {
  const samples = Array.from({ length: 400 }, (_, epoch) =>
    drawEpoch(supervision, 5, epoch),
  ).flat();
  return samples.filter(({ set }) => set === strong).length / samples.length;
}

describe('drawEpoch', () => {
  test('[C7] rho is the probability of an expert-labeled sample, and an epoch is as long as both sets together', () => {
    for (const rho of [0, 0.1, 0.3, 0.6, 0.7, 0.9, 1]) {
      expect(drawEpoch(mix(rho), 1, 0).length).toBe(20);
      expect(shareOfStrong(mix(rho)), `rho ${rho}`).toBeCloseTo(rho, 1.5);
    }
  });

  test('[C8] the float trap lowers rho 0.3, 0.6 and 0.7 by a tenth and leaves 0.9 alone', () => {
    const effective = {
      0.1: 0.1,
      0.2: 0.2,
      0.3: 0.2,
      0.4: 0.4,
      0.5: 0.5,
      0.6: 0.5,
      0.7: 0.6,
      0.8: 0.8,
      0.9: 0.9,
    };
    for (const [rho, expected] of Object.entries(effective))
      expect(shareOfStrong(mix(Number(rho), true)), `rho ${rho}`).toBeCloseTo(expected, 1.5);
  });

  test('[C57] share gives every batch the same mixture and goes through both sets', () => {
    const share = (rho: number): Supervision => ({
      strong,
      weak,
      mixing: { type: 'share', rho },
    });
    for (const rho of [0, 0.1, 0.3, 0.5, 0.9, 1]) {
      const samples = drawEpoch(share(rho), 3, 1);
      const isStrong = samples.map(({ set }): number => (set === strong ? 1 : 0));
      const count = (from: number, to: number) =>
        isStrong.slice(from, to).reduce((a, b) => a + b, 0);
      expect(count(0, 20), `rho ${rho}`).toBe(Math.round(rho * 20));
      for (let start = 0; start + 8 <= 20; start++)
        expect(Math.abs(count(start, start + 8) - rho * 8), `rho ${rho}`).toBeLessThan(1);
    }
    const drawn = drawEpoch(share(0.5), 3, 1).filter(({ set }) => set === strong);
    expect(new Set(drawn.slice(0, 7).map(({ index }) => index)).size).toBe(7);
    expect(drawEpoch(share(0.5), 3, 2)).not.toEqual(drawEpoch(share(0.5), 3, 1));
  });

  test('[C7] every index takes its image by the remainder, so each set is covered when it alone is drawn', () => {
    const drawn = drawEpoch(mix(0), 3, 0);

    expect(new Set(drawn.map(({ index }) => index)).size).toBe(13);
    expect(drawn.filter(({ index }) => index < 7).length).toBe(14);
  });

  test('concatenation and a single set take every image once', () => {
    const nameOf = ({ set, index }: { set: LabeledSet; index: number }) => set.images.ids[index]!;
    const joined = drawEpoch({ strong, weak, mixing: { type: 'concatenate' } }, 1, 0).map(nameOf);
    const alone = drawEpoch(
      { strong: null, weak, mixing: { type: 'rho', rho: 0.9, floatTrap: false } },
      1,
      0,
    ).map(nameOf);

    expect([...joined].sort()).toEqual([...strong.images.ids, ...weak.images.ids].sort());
    expect([...alone].sort()).toEqual([...weak.images.ids].sort());
  });

  test('the same seed and epoch give the same samples, another epoch others', () => {
    expect(drawEpoch(mix(0.5), 9, 2)).toEqual(drawEpoch(mix(0.5), 9, 2));
    expect(drawEpoch(mix(0.5), 9, 3)).not.toEqual(drawEpoch(mix(0.5), 9, 2));
  });
});

test('createTargets gives masks in the frame and says which classes were annotated', () => {
  const { values, annotated } = createTargets()({ set: strong, index: 3 });

  expect([...values]).toEqual([1, 0, 0, 1, 0, 0, 0, 0]);
  expect([...annotated]).toEqual([1, 0]);
  expect(emptyRle(2, 2)).not.toBe(strong.masks.counts[3]![0]);
});
