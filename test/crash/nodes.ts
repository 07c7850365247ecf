/** Nodes that train without a network: every batch draws numbers, saves its state and can be killed. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineNode, many, type PortValues, port } from '@radiograph/graph';
import type { NodePackage } from '@radiograph/runtime';
import { createRandom } from '@radiograph/statistics';
import { z } from 'zod';

const width = 64;
const batchMs = 4; // long enough that a kill at random lands inside a batch, between two and inside a save

const draw = defineNode({
  type: 'crash.draw',
  version: 1,
  title: 'Draw',
  manual: 'A column of random numbers.',
  inputs: {},
  outputs: { table: port('table', 'the numbers') },
  params: z.strictObject({}),
  uses: ['seed'],
  run: async (_, __, { seed }) => {
    const random = createRandom(seed, 'draw');
    const rows = Array.from({ length: width }, () => [random.next()]);
    return { table: { title: 'numbers', columns: ['value'], rows } };
  },
});

const train = defineNode({
  type: 'crash.train',
  version: 1,
  title: 'Train',
  manual: 'Moves weights towards the table by steps that depend on every earlier one, to the bit.',
  inputs: { table: port('table', 'where to go') },
  outputs: {
    model: port('model', 'the weights'),
    table: port('table', 'the weights for the next one'),
  },
  params: z.strictObject({ batches: z.int().min(1).default(20) }),
  uses: ['seed'],
  run: async ({ table }, { batches }, { nodeId, seed, checkpoint, progress }) => {
    const saved = await checkpoint.load();
    const state = saved?.arrays.get('weights')?.data;
    const weights = state instanceof Float32Array ? state : new Float32Array(width);
    const first = z.strictObject({ done: z.int() }).parse(saved?.json ?? { done: 0 }).done;
    for (let batch = first; batch < batches; batch++) {
      const random = createRandom(seed, 'train', String(batch));
      for (let i = 0; i < width; i++)
        weights[i]! += 0.1 * (Number(table.rows[i]![0]) - weights[i]!) + 0.01 * random.next();
      await sleep(batchMs);
      trace(`${nodeId} ${batch}`);
      await checkpoint.offer(() => ({
        json: { done: batch + 1 },
        arrays: new Map([['weights', { shape: [width], data: weights.slice() }]]),
      }));
      progress({ done: batch + 1, total: batches, unit: 'batch' });
    }
    const rows = Array.from(weights, (value) => [value]);
    return { model: modelOf(weights), table: { title: 'weights', columns: ['value'], rows } };
  },
});

/** A line for each batch that was computed, by whichever process. */
function trace(line: string): void {
  const { CRASH_TRACE: home } = process.env;
  if (home !== undefined) appendFileSync(join(home, 'batches'), `${line}\n`);
}

/** The batches that were computed in a home, in order. */
export function batchesOf(home: string): string[] {
  const path = join(home, 'batches');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
}

function modelOf(weights: Float32Array): PortValues['model'] {
  return {
    role: 'classifier',
    architecture: { family: 'crash' },
    classes: ['x'],
    inputSize: [1, 1],
    normalization: { mean: 0, std: 1 },
    thresholds: null,
    weights: new Map([['weights', { shape: [width], data: weights }]]),
  };
}

const measure = defineNode({
  type: 'crash.measure',
  version: 1,
  title: 'Measure',
  manual: 'The sum of each model.',
  inputs: { models: many('model', 'what to add up') },
  outputs: { table: port('table', 'one sum each') },
  params: z.strictObject({}),
  run: async ({ models }) => {
    const rows = models.map(({ label, value }) => {
      const { data } = value.weights.get('weights')!;
      return [label, data.reduce((sum, weight) => sum + weight, 0)];
    });
    return { table: { title: 'sums', columns: ['model', 'sum'], rows } };
  },
});

/** The package; `folder` holds the code that computes it. */
export function crashPackages(folder: string): readonly NodePackage[] {
  return [{ name: 'crash', sourceFolders: [folder], nodeTypes: [draw, train, measure] }];
}

/** Numbers, a chain of two trainings, one beside it, and what measures all three. */
export const crashGraph = JSON.stringify({
  format: 'radiograph/1',
  name: 'crash',
  seed: 5,
  nodes: {
    numbers: { type: 'crash.draw', version: 1, params: {} },
    first: { type: 'crash.train', version: 1, params: {} },
    second: { type: 'crash.train', version: 1, params: {} },
    beside: { type: 'crash.train', version: 1, params: { batches: 12 } },
    sums: { type: 'crash.measure', version: 1, params: {} },
  },
  edges: [
    { from: 'numbers.table', to: 'first.table' },
    { from: 'first.table', to: 'second.table' },
    { from: 'numbers.table', to: 'beside.table' },
    { from: 'first.model', to: 'sums.models' },
    { from: 'second.model', to: 'sums.models' },
    { from: 'beside.model', to: 'sums.models' },
  ],
});
