import { describe, expect, test } from 'vitest';
import fixture from '../../fixtures/rle.json' with { type: 'json' };
import { decodeRle, emptyRle, encodeRle, rleArea, rleLength } from './rle.ts';

type Case = {
  readonly size: [number, number];
  readonly counts: string;
  readonly mask?: number[][];
};
const cases: [string, Case][] = Object.entries(fixture as unknown as Record<string, Case>).filter(
  ([, { mask }]) => mask !== undefined,
); // JSON infers sizes as number[], not as pairs

/** A small generator of its own: packages/graph knows no random numbers. */
function createNoise(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

describe('COCO run lengths', () => {
  test.each(cases)(
    '[R1] %s encodes and decodes as pycocotools does',
    (_, { size, counts, mask }) => {
      const pixels = Uint8Array.from(mask!.flat());

      expect(encodeRle(pixels, ...size)).toBe(counts);
      expect(decodeRle(counts, ...size)).toEqual(pixels);
      expect(rleArea(counts)).toBe(pixels.reduce((a, b) => a + b, 0));
      expect(rleLength(counts)).toBe(pixels.length);
    },
  );

  test('[R1] an empty mask of 2022 x 2021 is the string that CheXlocalize publishes', () => {
    expect(emptyRle(2022, 2021)).toBe('nefl3');
  });

  test('[R2] any mask survives the round trip', () => {
    for (let seed = 0; seed < 60; seed++) {
      const noise = createNoise(seed);
      const [height, width] = [1 + Math.floor(noise() * 40), 1 + Math.floor(noise() * 40)];
      const density = noise();
      const mask = Uint8Array.from({ length: height * width }, () => (noise() < density ? 1 : 0));
      expect(decodeRle(encodeRle(mask, height, width), height, width), `seed ${seed}`).toEqual(
        mask,
      );
    }
  });

  test('[R3] counts that do not fit the size, or are no counts, are refused', () => {
    expect(() => decodeRle('0<', 2, 2)).toThrow('expected runs that fill 2x2 pixels, got 0<');
    expect(() => decodeRle('1', 2, 2)).toThrow('expected 4 pixels (2x2), got 1');
    expect(() => decodeRle(' ', 2, 2)).toThrow('expected COCO characters');
  });
});
