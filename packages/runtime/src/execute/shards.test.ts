import { defineNode, type GraphNode, port, type StepParts, stepKey } from '@radiograph/graph';
import { type Labels, sampleLists } from '@radiograph/kinds';
import { createTemporaryFolder } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openStore } from '../store/store.ts';
import { computeJoined, computePart, cutSamples, type ShardTask } from './shards.ts';

const flip = defineNode({
  type: 'test.flip',
  version: 1,
  title: 'Flip',
  manual: 'Turns positive into negative and back.',
  inputs: { labels: port('labels', 'findings') },
  outputs: { flipped: port('labels', 'the opposite') },
  params: z.strictObject({}),
  shards: { over: 'labels', grain: () => 2 },
  run: async ({ labels }) => ({ flipped: flipAll(labels) }),
});

const flipAll = (labels: Labels): Labels => ({
  ...labels,
  values: labels.values.map((row) => row.map((value) => (value === 1 ? 0 : 1))),
});

const labels: Labels = {
  ids: ['a', 'b', 'c', 'd', 'e'],
  classes: ['Edema'],
  values: [[1], [0], [1], [1], [0]],
};
const parts: StepParts = {
  type: 'test.flip',
  version: 1,
  implementation: 'x',
  params: {},
  inputs: {},
  sources: {},
  seed: null,
  numerics: null,
};

function openTask(home = createTemporaryFolder()) {
  const node: GraphNode = { id: 'flip', label: 'flip', type: flip, params: {}, inputs: {} };
  const computed: (readonly string[])[] = [];
  const store = openStore(home);
  const task: ShardTask = {
    node,
    parts,
    samples: { length: 5, slice: async (range) => sampleLists.labels.slice(labels, range) },
    others: async () => ({}),
    store,
    log: () => {},
    withLease: (_, action) => action(),
    async compute(_, { labels: cut }) {
      computed.push((cut as Labels).ids);
      return { flipped: flipAll(cut as Labels) };
    },
  };
  return { task, store, computed };
}

describe('cutSamples', () => {
  test('[E70] cuts fall between whole batches; the last shard takes the rest', () => {
    expect(cutSamples(20, 8, 4)).toEqual([
      [0, 8],
      [8, 20],
    ]);
    expect(cutSamples(10, 1, 3)).toEqual([
      [0, 3],
      [3, 6],
      [6, 10],
    ]);
    expect(cutSamples(3, 8, 2)).toEqual([[0, 3]]);
    expect(cutSamples(0, 8, 2)).toEqual([[0, 0]]);
  });
});

describe('shards', () => {
  test('[E71] a step computed in shards has the value it has in one piece', async () => {
    const { task, computed } = openTask();
    const { values, keys } = await computeJoined(task, 9);

    expect(computed).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
    expect(values.flipped).toEqual(flipAll(labels));
    expect(keys).toHaveLength(2);
    expect(keys).not.toContain(stepKey(parts));
  });

  test('[E72] a shard that another process has finished is not computed again', async () => {
    const { task, computed, store } = openTask();
    await computePart(task, { count: 2, part: 1 });
    await computePart(task, { count: 2, part: 1 });
    await computePart(task, { count: 2, part: 7 });
    expect(computed).toEqual([['c', 'd', 'e']]);

    const { values } = await computeJoined(task, 2);
    expect(computed.slice(1)).toEqual([['a', 'b']]);
    expect(values.flipped).toEqual(flipAll(labels));
    expect(await store.history('test.flip', 'flip'), 'a part is no earlier run').toEqual([]);
  });

  test('[E72] in one shard it is computed as if nothing could be cut', async () => {
    const { task, computed } = openTask();

    expect((await computeJoined(task, 1)).keys).toEqual([]);
    expect(computed).toEqual([labels.ids]);
  });
});
