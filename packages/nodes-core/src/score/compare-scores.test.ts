import type { Scores } from '@radiograph/kinds';
import { expect, test } from 'vitest';
import { compareScores, excludesZero } from './compare-scores.ts';

function scores(ids: string[], classes: string[], iou: (number | null)[][]): Scores {
  const nothing = { perClass: [], mean: null };
  return {
    classes,
    ids,
    thresholds: classes.map(() => 0.5),
    dataset: nothing,
    perImage: { iou, ...nothing },
    bootstrap: { replicates: 0, ...nothing },
  };
}

test('[N20] compares the images and classes that both sides have, joined by name', () => {
  const a = scores(
    ['x', 'y', 'z'],
    ['Edema', 'Mass'],
    [
      [0.2, null],
      [0.4, 0.5],
      [0.9, 0.9],
    ],
  );
  const b = scores(
    ['y', 'x'],
    ['Mass', 'Edema'],
    [
      [0.75, 0.5],
      [0.1, 0.4],
    ],
  );

  const { images, mean, perClass, perImage } = compareScores(a, b);

  expect(images).toBe(2);
  expect(perClass.map(({ name }) => name)).toEqual(['Edema', 'Mass']);
  expect(perClass[0]!.a).toBeCloseTo(0.3, 12);
  expect(perClass[0]!.b).toBeCloseTo(0.45, 12);
  expect(perClass[0]!.difference!.mean).toBeCloseTo(0.15, 12);
  expect(perClass[0]!.difference!.lower).toBeCloseTo(0.1, 12);
  expect(perClass[0]!.difference!.upper).toBeCloseTo(0.2, 12);
  expect(perClass[1]!.difference!.mean).toBeCloseTo(0.25, 12);
  expect(mean.difference!.mean).toBeCloseTo(0.2, 12);
  expect(excludesZero(mean.difference!)).toBe(true);
  expect(perImage.map(({ id }) => id)).toEqual(['x', 'y']);
  expect(perImage[0]!.difference).toBeCloseTo(0.2, 12);
  expect(perImage[1]!.difference).toBeCloseTo(0.175, 12);
});

test('[N20] two equal sides differ by nothing, and nothing in common has no difference', () => {
  const a = scores(['x', 'y'], ['Edema'], [[0.2], [0.4]]);

  expect(compareScores(a, a).mean.difference).toEqual({ mean: 0, lower: 0, upper: 0 });
  const other = scores(['z'], ['Edema'], [[0.2]]);
  expect(compareScores(a, other)).toMatchObject({ images: 0, mean: { difference: null } });
});
