import { describe, expect, test } from 'vitest';
import { createRandom, philox4x32 } from './philox.ts';

const max = 0xffffffff;
// Random123's kat_vectors, philox4x32 with 10 rounds.
const knownAnswers = [
  [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  [[max, max, max, max], [max, max], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    'd16cfe09 94fdcceb 5001e420 24126ea1',
  ],
] as const;

const take = (count: number, draw: () => number) => Array.from({ length: count }, draw);
const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('random numbers', () => {
  test.each(knownAnswers)(
    '[R1] the block of counter %j and key %j is %s',
    (counter, key, words) => {
      const hex = philox4x32(counter, key).map((word) => word.toString(16).padStart(8, '0'));

      expect(hex.join(' ')).toBe(words);
    },
  );

  test('[R2] a stream repeats for its seed and purpose and differs for any other', () => {
    const draw = (...key: [number | string, ...(number | string)[]]) =>
      take(8, createRandom(...key).next);

    expect(draw(7, 'init', 'a')).toEqual(draw(7, 'init', 'a'));
    expect(draw(8, 'init', 'a')).not.toEqual(draw(7, 'init', 'a'));
    expect(draw(7, 'init', 'b')).not.toEqual(draw(7, 'init', 'a'));
    expect(draw(7, 'inita')).not.toEqual(draw(7, 'init', 'a'));
    expect(draw('7', 'init', 'a')).not.toEqual(draw(7, 'init', 'a'));
  });

  test('[R3] uniform numbers lie in [0, 1) with mean 1/2 and variance 1/12', () => {
    const values = take(20_000, createRandom(1, 'uniform').next);

    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(meanOf(values)).toBeCloseTo(1 / 2, 2);
    expect(meanOf(values.map((v) => (v - 0.5) ** 2))).toBeCloseTo(1 / 12, 2);
  });

  test('[R3] normal numbers have mean 0, variance 1 and kurtosis 3', () => {
    const values = take(50_000, createRandom(1, 'normal').normal);

    expect(Math.abs(meanOf(values))).toBeLessThan(0.015);
    expect(Math.abs(meanOf(values.map((v) => v ** 2)) - 1)).toBeLessThan(0.02);
    expect(Math.abs(meanOf(values.map((v) => v ** 4)) - 3)).toBeLessThan(0.2);
  });

  test('[R3] integers cover their range evenly', () => {
    const random = createRandom(1, 'integers');
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 5000; i++) counts[random.integer(5)]!++;

    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  test('[R4] a shuffle is a permutation that leaves its argument alone', () => {
    const list = [1, 2, 3, 4, 5, 6, 7, 8];
    const shuffled = createRandom(5, 'shuffle').shuffle(list);

    expect(list).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(list);
    expect(shuffled).not.toEqual(list);
    expect(list).toContain(createRandom(5, 'choice').choice(list));
  });
});
