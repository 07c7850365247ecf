import type { Images } from '@radiograph/kinds';
import { createTestContext, paintSquares } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { shareByFractions } from './patients.ts';
import { split } from './split.ts';
import { subset } from './subset.ts';

/** `count` images, two of each patient. */
const inPairs = (count: number): Images => {
  const { images } = paintSquares(count, 8);
  return { ...images, patientIds: images.ids.map((_, i) => `patient${Math.floor(i / 2)}`) };
};

async function splitImages(images: Images, options: Record<string, number> = {}, seed = 1) {
  const sets = await split.run(
    { images },
    split.params.parse(options),
    createTestContext({ seed }),
  );
  return sets as { train: Images; validation: Images; test: Images };
}

describe('core.split', () => {
  test('[N8] uses every image once and never divides a patient', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const images = inPairs(20 + 2 * (seed % 7));
      const { train, validation, test: held } = await splitImages(images, {}, seed);
      const sets = [train, validation, held];

      expect(sets.flatMap(({ ids }) => ids).sort(), `seed ${seed}`).toEqual([...images.ids].sort());
      const patients = sets.flatMap(({ patientIds }) => [...new Set(patientIds)]);
      expect(new Set(patients).size).toBe(patients.length);
    }
  });

  test('[N9] the same seed gives the same sets, and counts follow the fractions', async () => {
    const images = inPairs(40);
    const first = await splitImages(images, { train: 0.5, validation: 0.25, test: 0.25 });

    expect(await splitImages(images, { train: 0.5, validation: 0.25, test: 0.25 })).toEqual(first);
    expect((await splitImages(images, {}, 2)).train.ids).not.toEqual(first.train.ids);
    expect([first.train, first.validation, first.test].map(({ ids }) => ids.length)).toEqual([
      20, 10, 10,
    ]);
  });

  test('a set that would get nobody is an error, one with fraction 0 is empty', async () => {
    await expect(splitImages(inPairs(4))).rejects.toThrow(
      'validation: expected at least one patient for 0.1 of 2 patients, got none',
    );
    const { validation } = await splitImages(inPairs(4), { train: 0.5, validation: 0, test: 0.5 });
    expect(validation.ids).toEqual([]);
  });

  test('fractions that do not sum to 1 are refused', () => {
    expect(split.params.safeParse({ train: 0.9 }).error?.issues[0]?.message).toBe(
      'expected train + validation + test to be 1',
    );
  });
});

test('shareByFractions gives away everything, largest remainder first', () => {
  expect(shareByFractions(10, [0.7, 0.1, 0.2])).toEqual([7, 1, 2]);
  expect(shareByFractions(7, [0.5, 0.25, 0.25])).toEqual([3, 2, 2]);
  expect(shareByFractions(3, [1 / 3, 1 / 3, 1 / 3])).toEqual([1, 1, 1]);
});

test('[N10] core.subset keeps so many images in their old order and hands on the rest', async () => {
  const images = inPairs(10);
  const run = async (options: object) =>
    (await subset.run({ images }, subset.params.parse(options), createTestContext())) as {
      images: Images;
      rest: Images;
    };

  const first = await run({ count: 3, order: 'first' });
  expect([first.images.ids, first.rest.ids.length]).toEqual([images.ids.slice(0, 3), 7]);
  const random = await run({ count: 4 });
  expect(random.images.ids).toEqual(images.ids.filter((id) => random.images.ids.includes(id)));
  expect([...random.images.ids, ...random.rest.ids].sort()).toEqual([...images.ids].sort());
  expect((await run({ count: 99 })).rest.ids).toEqual([]);
});
