import { expect, test } from 'vitest';
import { closureOf } from './closure.ts';

const edges = [
  { from: 'load.images', to: 'split.images' },
  { from: 'split.train', to: 'train.images' },
  { from: 'split.test', to: 'predict.images' },
  { from: 'train.model', to: 'predict.model' },
];

test('running to a node needs what comes before it, running from it what follows', () => {
  expect([...closureOf(edges, ['train'], 'before')].toSorted()).toEqual(['load', 'split', 'train']);
  expect([...closureOf(edges, ['train'], 'after')].toSorted()).toEqual(['predict', 'train']);
  expect([...closureOf(edges, [], 'after')]).toEqual([]);
});
