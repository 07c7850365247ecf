import { expect, test } from 'vitest';
import { shortIds } from './short-ids.ts';

const shortened = (...ids: string[]) => [...shortIds(ids).values()];

test('ids lose the words that all of them end with, and stay different', () => {
  expect(shortened('patient1_study1_frontal', 'patient2_study1_frontal')).toEqual([
    'patient1',
    'patient2',
  ]);
  expect(shortened('p1_study1_view1', 'p1_study2_view1')).toEqual(['p1_study1', 'p1_study2']);
  expect(shortened('a_x', 'x')).toEqual(['a_x', 'x']);
  expect(shortened('patient1_study1')).toEqual(['patient1_study1']);
  expect(shortened()).toEqual([]);
});
