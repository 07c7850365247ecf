/** Small node types for the tests of sweeps. */
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { dataError, defineNode, port, type Scores, type Table } from '@radiograph/graph';
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
      progress({ done: waited, total: delayMs, unit: 'ms' });
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

/** The package of the sweep's own tests. */
export const testPackages: readonly NodePackage[] = [
  {
    name: 'test',
    sourceFolders: [fileURLToPath(new URL('.', import.meta.url))],
    nodeTypes: [draw, add, score],
  },
];
