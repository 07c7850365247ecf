/** Files of weights as programs leave them (test/cases/60-weights) and as nobody should (test/cases/hostile). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTorch, readWeights } from '@radiograph/formats';
import { type NodeType, RadiographError } from '@radiograph/graph';
import type { Model } from '@radiograph/kinds';
import { createTestContext } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { registry } from '../../apps/runner/src/registry.ts';

const folder = join(import.meta.dirname, '60-weights');
const node = registry.get('chexseg.model-file') as NodeType; // the runner's own

async function load(file: string): Promise<Model> {
  const params = node.params.parse({ file: join(folder, file), size: 64 });
  return (await node.run({}, params, createTestContext())).model as Model;
}

/** All hold the weights of plain.pth, which PyTorch wrote, under other names or in another format. */
const same = [
  ...['backbone.pth', 'chexnet.pth.tar', 'lightning_compiled.ckpt', 'module_orig_mod.pth'],
  ...['orig_mod.pth', 'train.onnx', 'ext.onnx'],
];

describe('60-weights', () => {
  test.each(same)('%s is the network of plain.pth, weight by weight', async (file) => {
    const [plain, other] = [await load('plain.pth'), await load(file)];

    expect(plain.classes).toHaveLength(14);
    expect({ ...other, weights: null }).toEqual({ ...plain, weights: null });
    expect([...other.weights.keys()].sort()).toEqual([...plain.weights.keys()].sort());
    // The exports ran once in training mode, which moved the statistics.
    const kept = [...plain.weights].filter(
      ([name]) => !file.endsWith('.onnx') || !name.includes('running_'),
    );
    for (const [name, { data }] of kept) expect(other.weights.get(name)!.data, name).toEqual(data);
  });

  test('nan.pth is read as it is: the store refuses what is not finite', async () => {
    const { weights } = await load('nan.pth');

    expect([...weights.values()].some(({ data }) => data.some(Number.isNaN))).toBe(true);
  });
});

const hostile = (name: string) => readFileSync(join(import.meta.dirname, 'hostile', name));

describe('hostile weights are refused with the file and the reason', () => {
  test.each([
    ['method.pth', /method\.pth.*data\.pkl: expected a whole entry, got: compression method 99/],
    ['od.pth', /od\.pth: expected the pairs of a dict, got a list of 1/],
    ['quad.pth', /quad\.pth: expected each value to be copied once/],
    [
      'bomb.pth',
      /bomb\.pth a\/data\.pkl: expected a whole entry, got: 407679 bytes that would grow to 419430400/,
    ],
    ['neg.onnx', /neg\.onnx .*expected the sides of a tensor, got -1/],
  ])('%s', (name, message) => {
    const read = () => readWeights(hostile(name), name);

    expect(read).toThrow(RadiographError);
    expect(read).toThrow(message);
  });

  test('a pickle is read by the same rules wherever one stands', () => {
    for (const name of ['od.pth', 'quad.pth'])
      expect(() => readTorch(hostile(name), name)).toThrow(RadiographError);
  });
});
