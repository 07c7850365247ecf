import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { PickleDict } from '../pickle/value.ts';
import { readWeights } from '../weights/read-weights.ts';
import { readTorch } from './read-torch.ts';
import { readTensor, type TorchTensor } from './tensor.ts';

/** Written by fixtures/make.py with PyTorch 1.13. */
const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url)));

describe.each(['tiny.pth', 'tiny-legacy.pth'])('%s', (name) => {
  test('[F4] tensors of every dtype come out as float32, strides, offsets and shared storages honored', () => {
    const { weights: written, metadata } = readWeights(fixture(name), name);
    const weights = new Map(
      [...written].map(([key, weight]) => [key.replace('model.model.', ''), weight]),
    );
    expect([...written.keys()][1]).toBe('model.model.features.conv0.weight');
    expect(metadata).toEqual({ lr: '0.0001' });

    const values = Object.fromEntries([...weights].map(([key, { data }]) => [key, [...data]]));
    expect(values).toEqual({
      'features.denseblock1.denselayer1.norm1.weight': [1, 1.25, 1.5, 1.75],
      'features.conv0.weight': [0, 1, 2, 0.25, 1.25, 2.25, 0.5, 1.5, 2.5, 0.75, 1.75, 2.75],
      half: [1.5, -2, 2 ** -24, 65504],
      brain: [1.5, -2, 226 * 2 ** 120],
      double: [Math.fround(0.1), Math.fround(0.001)],
      long: [-3, 2 ** 40],
      int: [-3, 7],
      short: [-300, 7],
      char: [-3, 7],
      byte: [250, 7],
      bool: [1, 0],
      scalar: [2.5],
    });
    expect(weights.get('features.conv0.weight')!.shape).toEqual([4, 3]);
    expect(weights.get('scalar')!.shape).toEqual([]);
  });

  test('[F3] every proper prefix is a data error that names the file', () => {
    const whole = fixture(name);
    for (let length = 0; length < whole.length; length += 7)
      expect(() => readTorch(whole.subarray(0, length), name)).toThrow(`${name}`);
  });
});

test('[F4] a pickle of a dict with tensors carries their storages inside', () => {
  const camera = readTorch(fixture('camera.pkl'), 'camera.pkl') as PickleDict;

  expect([
    camera.get('prob'),
    camera.get('task'),
    camera.get('gt'),
    camera.get('cxr_dims'),
  ]).toEqual([0.75, 'Edema', 1, [640, 480]]);
  const { shape, data } = readTensor(camera.get('map') as TorchTensor, 'map');
  expect([shape, [...data]]).toEqual([
    [1, 1, 2, 3],
    [0, 1, 2, 3, 4, 5],
  ]);
});

const one = { type: 'storage', dtype: 'float32', bytes: new Uint8Array(4) } as const;
const tensor = (parts: Partial<TorchTensor>): TorchTensor => ({
  type: 'tensor',
  dtype: 'float32',
  storage: one,
  offset: 0,
  shape: [1],
  strides: [1],
  ...parts,
});

test('[F5] a view outside its storage and one number posing as a billion are refused', () => {
  expect([...readTensor(tensor({ shape: [3], strides: [0] }), 'w').data]).toEqual([0, 0, 0]);
  expect(readTensor(tensor({ shape: [0, 4], strides: [4, 1] }), 'w').data).toHaveLength(0);
  expect(() => readTensor(tensor({ shape: [2] }), 'w')).toThrow('w: expected a view into 1 values');
  expect(() => readTensor(tensor({ offset: 1 }), 'w')).toThrow('w: expected a view into 1 values');
  expect(() => readTensor(tensor({ shape: [1e9], strides: [0] }), 'w')).toThrow('expected at most');
});
