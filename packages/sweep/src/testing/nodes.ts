/** Small node types for the tests of sweeps. */
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { dataError, defineNode, port } from '@radiograph/graph';
import type { LabelValue, Scores, Table } from '@radiograph/kinds';
import type { NodePackage } from '@radiograph/runtime';
import { z } from 'zod';

const tableOf = (value: number): Table => ({
  title: 'number',
  columns: ['value'],
  rows: [[value]],
});
const numberOf = ({ rows }: Table): number => rows[0]![0] as number; // made by tableOf

const draw = defineNode({
  type: 'test.draw',
  version: 1,
  title: 'Draw',
  manual: 'A number that depends on the seed.',
  inputs: {},
  outputs: { table: port('table', 'the number') },
  params: z.strictObject({}),
  uses: ['seed'],
  run: async (_, __, { seed }) => ({ table: tableOf(seed % 1000) }),
});

const add = defineNode({
  type: 'test.add',
  version: 1,
  title: 'Add',
  manual: 'Adds to a number, slowly if asked to; refuses one amount.',
  inputs: { table: port('table', 'a number') },
  outputs: { table: port('table', 'the sum') },
  params: z.strictObject({
    amount: z.number().max(100).default(1),
    delayMs: z.number().default(0),
    refuse: z.number().default(-1),
  }),
  run: async ({ table }, { amount, delayMs, refuse }, { progress }) => {
    for (let waited = 0; waited < delayMs; waited += 10) {
      await setTimeout(10);
      progress({ done: waited, total: delayMs, unit: 'ms', metrics: { left: delayMs - waited } });
    }
    if (amount === refuse) throw dataError('amount', `expected another amount, got ${amount}`);
    return { table: tableOf(numberOf(table) + amount) };
  },
});

const score = defineNode({
  type: 'test.score',
  version: 1,
  title: 'Score',
  manual: 'Scores two images by a number.',
  inputs: { table: port('table', 'a number') },
  outputs: { scores: port('scores', 'IoU of two images') },
  params: z.strictObject({}),
  run: async ({ table }) => ({ scores: scoresOf(numberOf(table)) }),
});

function scoresOf(value: number): Scores {
  const iou = [[(value % 97) / 97], [(value % 89) / 89]];
  const mean = (iou[0]![0]! + iou[1]![0]!) / 2;
  return {
    classes: ['Edema'],
    ids: ['a', 'b'],
    thresholds: [0.5],
    dataset: { perClass: [mean], mean },
    perImage: { iou, perClass: [mean], mean },
    bootstrap: { replicates: 0, perClass: [null], mean: null },
  };
}

const device = defineNode({
  type: 'test.device',
  version: 1,
  title: 'Device',
  manual: 'Computes with the engine for a while, and says on which device.',
  inputs: { table: port('table', 'a number') },
  outputs: { table: port('table', 'the same number') },
  params: z.strictObject({ turn: z.number().default(0) }),
  uses: ['engine'],
  run: async ({ table }, _, { log, threads }) => {
    log(`device ${process.env.CUDA_VISIBLE_DEVICES ?? 'none'}, ${threads} threads`);
    await setTimeout(100);
    return { table };
  },
});

const list = defineNode({
  type: 'test.list',
  version: 1,
  title: 'List',
  manual: 'Findings of as many images as asked for.',
  inputs: {},
  outputs: { labels: port('labels', 'the findings') },
  params: z.strictObject({ count: z.int().default(7) }),
  uses: ['seed'],
  run: async (_, { count }, { seed }) => ({
    labels: {
      ids: Array.from({ length: count }, (__, i) => `image${i}`),
      classes: ['Edema'],
      values: Array.from({ length: count }, (__, i) => [(seed >> i) % 2 === 0 ? 1 : 0]),
    },
  }),
});

const flip = defineNode({
  type: 'test.flip',
  version: 1,
  title: 'Flip',
  manual:
    'Turns positive into negative, image by image, slowly if asked to; says which process did it.',
  inputs: { labels: port('labels', 'findings') },
  outputs: { labels: port('labels', 'the opposite') },
  params: z.strictObject({ delayMs: z.number().default(0), keep: z.boolean().default(false) }),
  shards: { over: 'labels', grain: () => 2 },
  run: async ({ labels }, { delayMs, keep }, { progress, log }) => {
    log(`flips ${labels.ids.join(' ')}`);
    for (const i of labels.ids.keys()) {
      await setTimeout(delayMs);
      progress({ done: i + 1, total: labels.ids.length, unit: 'image' });
    }
    const turn = (value: LabelValue): LabelValue => (value === 1 || keep ? 0 : 1);
    return { labels: { ...labels, values: labels.values.map((row) => row.map(turn)) } };
  },
});

const rate = defineNode({
  type: 'test.rate',
  version: 1,
  title: 'Rate',
  manual: 'Scores by the share of positive images.',
  inputs: { labels: port('labels', 'findings') },
  outputs: { scores: port('scores', 'IoU of two images') },
  params: z.strictObject({}),
  run: async ({ labels }) => ({
    scores: scoresOf(labels.values.filter(([value]) => value === 1).length),
  }),
});

/** The package of the sweep's own tests. */
export const testPackages: readonly NodePackage[] = [
  {
    name: 'test',
    sourceFolders: [fileURLToPath(new URL('.', import.meta.url))],
    nodeTypes: [draw, add, score, device, list, flip, rate],
  },
];
