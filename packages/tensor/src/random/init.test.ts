import { describe, expect, test } from 'vitest';
import { torchDefault } from '../model/layers.ts';
import { type Init, initialize } from './init.ts';

const shape = [64, 8, 3, 3];
const draw = (init: Init, name = 'w', seed = 1) => initialize(name, shape, { init, seed });
const deviation = (data: Float32Array) =>
  Math.sqrt(data.reduce((total, value) => total + value ** 2, 0) / data.length);
const largest = (data: Float32Array) =>
  data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe('initial weights', () => {
  test('[R5] depend on the seed and the name, not on what else is drawn', () => {
    const init: Init = { type: 'normal', std: 1 };

    expect(draw(init)).toEqual(draw(init));
    expect(draw(init, 'v')).not.toEqual(draw(init));
    expect(draw(init, 'w', 2)).not.toEqual(draw(init));
  });

  test('[R6] zeros, ones, normal and uniform are what they say', () => {
    expect(new Set(draw({ type: 'zeros' }))).toEqual(new Set([0]));
    expect(new Set(draw({ type: 'ones' }))).toEqual(new Set([1]));
    expect(deviation(draw({ type: 'normal', std: 0.2 }))).toBeCloseTo(0.2, 2);
    const uniform = draw({ type: 'uniform', bound: 0.3 });
    expect(largest(uniform)).toBeLessThanOrEqual(Math.fround(0.3));
    expect(largest(uniform)).toBeGreaterThan(0.29);
  });

  test('[R6] kaiming-normal has deviation sqrt(2 / fan), in = C/groups h w and out = K h w', () => {
    expect(deviation(draw({ type: 'kaiming-normal', fan: 'in' }))).toBeCloseTo(
      Math.sqrt(2 / 72),
      2,
    );
    expect(deviation(draw({ type: 'kaiming-normal', fan: 'out' }))).toBeCloseTo(
      Math.sqrt(2 / 576),
      2,
    );
  });

  test('[R6] the default of PyTorch layers is uniform within 1 / sqrt(fan in)', () => {
    const data = draw(torchDefault);
    const bound = 1 / Math.sqrt(72);

    expect(largest(data)).toBeLessThanOrEqual(Math.fround(bound) * (1 + 1e-6));
    expect(largest(data)).toBeGreaterThan(0.99 * bound);
  });
});
