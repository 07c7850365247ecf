import { expect, test } from 'vitest';
import { rankImages } from './sort-images.ts';

const none = { perClass: [], mean: null };
const scores = {
  classes: ['Edema', 'Atelectasis'],
  ids: ['a', 'b', 'c'],
  thresholds: [0.5, 0.5],
  dataset: none,
  perImage: {
    ...none,
    iou: [
      [0.5, 0.1],
      [null, null],
      [0.2, null],
    ],
  },
  bootstrap: { replicates: 0, ...none },
};
const idsOf = (className: string | null, order: 'worst' | 'best' | 'as-read') =>
  rankImages(scores, { className, order }).map(({ id }) => id);

test('images are sorted by their mean IoU or by one class; those without a score come last', () => {
  expect(rankImages(scores, { className: null, order: 'worst' })).toEqual([
    { id: 'c', iou: 0.2 },
    { id: 'a', iou: 0.3 },
    { id: 'b', iou: null },
  ]);
  expect(idsOf(null, 'best')).toEqual(['a', 'c', 'b']);
  expect(idsOf('Atelectasis', 'best')).toEqual(['a', 'b', 'c']);
  expect(idsOf(null, 'as-read')).toEqual(['a', 'b', 'c']);
});
