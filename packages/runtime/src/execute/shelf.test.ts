import {
  createRegistry,
  defineNode,
  type Plan,
  parseDocument,
  port,
  validateGraph,
} from '@radiograph/graph';
import type { Labels } from '@radiograph/kinds';
import { createTemporaryFolder } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openStore } from '../store/store.ts';
import { openShelf } from './shelf.ts';

const params = z.strictObject({});
const source = defineNode({
  type: 'test.source',
  version: 1,
  title: 'Source',
  manual: 'Findings.',
  inputs: {},
  outputs: { labels: port('labels', 'findings') },
  params,
  run: async () => ({ labels: { ids: [], classes: [], values: [] } }),
});
const reader = defineNode({
  type: 'test.reader',
  version: 1,
  title: 'Reader',
  manual: 'Reads findings.',
  inputs: { labels: port('labels', 'findings') },
  outputs: { copy: port('labels', 'the same') },
  params,
  shards: { over: 'labels' },
  run: async ({ labels }) => ({ copy: labels }),
});

test('[E73] a list is opened and cut without being loaded, and in memory where it is there', async () => {
  const text = {
    format: 'radiograph/1',
    name: 'test',
    nodes: { a: { type: 'test.source', version: 1 }, b: { type: 'test.reader', version: 1 } },
    edges: [{ from: 'a.labels', to: 'b.labels' }],
  };
  const graph = validateGraph(
    parseDocument(JSON.stringify(text)),
    createRegistry([source, reader]),
  );
  const node = graph.nodes.find(({ id }) => id === 'b')!;
  const labels: Labels = { ids: ['x', 'y', 'z'], classes: ['Edema'], values: [[1], [0], [1]] };
  const store = openStore(createTemporaryFolder());
  const digest = await store.put('labels', labels);
  const loaded: string[] = [];
  const shelf = openShelf({ graph, steps: [] } as unknown as Plan, {
    locate: store.locate,
    get: (which) => store.get(which).finally(() => loaded.push('whole')),
    getPart: (which, range) => store.getPart(which, range).finally(() => loaded.push('part')),
  });
  const outputs = new Map([['a', { labels: digest }]]);

  const list = await shelf.open(node, 'labels', outputs);
  expect([list.length, loaded]).toEqual([3, []]);
  expect(await list.slice([1, 3])).toMatchObject({ ids: ['y', 'z'], values: [[0], [1]] });
  expect(loaded).toEqual(['part']);
  expect(await shelf.gather(node, outputs, 'labels')).toEqual({});

  shelf.keep(digest, labels);
  expect(await list.slice([0, 1])).toMatchObject({ ids: ['x'] });
  expect(loaded).toEqual(['part']);
});
