import { expect, test } from 'vitest';
import { boundsOf, contains, grown, intersect, overlaps, seenArea } from './area.ts';

const box = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });

test('a canvas at zoom 2 whose origin lies at (100, -40) shows half its size of the document', () => {
  expect(seenArea([100, -40, 2], { width: 800, height: 600 })).toEqual(box(-50, 20, 400, 300));
});

test('areas that share only an edge do not overlap, and their intersection has no size', () => {
  const [left, right] = [box(0, 0, 10, 10), box(10, 0, 5, 5)];
  expect(overlaps(left, right)).toBe(false);
  expect(intersect(left, right)).toEqual(box(10, 0, 0, 5));
  expect(overlaps(left, grown(right, 1))).toBe(true);
});

test('an area holds itself and one of no size, but not one that reaches out', () => {
  const outer = box(0, 0, 10, 10);
  expect(contains(outer, outer)).toBe(true);
  expect(contains(outer, box(50, 50, 0, 3))).toBe(true);
  expect(contains(outer, box(5, 5, 6, 1))).toBe(false);
});

test('the bounds of boxes are the smallest box around them, of no size without any', () => {
  expect(boundsOf([box(0, 5, 2, 2), box(-3, 0, 1, 1)])).toEqual(box(-3, 0, 5, 7));
  expect(boundsOf([])).toEqual(box(0, 0, 0, 0));
});
