import { describe, expect, test } from 'vitest';
import { gradients } from '../autodiff/gradients.ts';
import { runProgram, traceProgram } from '../testing/trace.ts';
import { sum } from './reduce.ts';
import { kthLargest, topMean } from './statistics.ts';

/** The mean of the k largest of a list, its gradient, and the k-th largest. */
async function top(values: readonly number[], k: number) {
  const program = traceProgram({ x: [1, values.length] }, ({ x }) => {
    const mean = topMean(x!, { k, axis: 1 });
    const [gradient] = gradients(sum(mean), [x!]);
    return { mean, gradient: gradient!, kth: kthLargest(x!, { k, axis: -1 }) };
  });
  const { mean, gradient, kth } = await runProgram(program, { x: values });
  return { mean: mean![0], gradient: Array.from(gradient!), kth: kth![0] };
}

describe('top statistics', () => {
  test('[T22] are the mean of the k largest, with 1 / k of the gradient each, and the k-th', async () => {
    expect(await top([3, -1, 2, 5], 2)).toEqual({ mean: 4, gradient: [0.5, 0, 0, 0.5], kth: 3 });
    expect(await top([3, -1, 2, 5], 4)).toEqual({
      mean: 2.25,
      gradient: [0.25, 0.25, 0.25, 0.25],
      kth: -1,
    });
    expect(await top([7], 1)).toEqual({ mean: 7, gradient: [1], kth: 7 });
  });

  test('[T22] share among equal values what is left', async () => {
    expect(await top([2, 5, 2, 1], 2)).toEqual({
      mean: 3.5,
      gradient: [0.25, 0.5, 0.25, 0],
      kth: 2,
    });
    expect(await top([4, 4, 4], 1)).toMatchObject({ mean: 4, kth: 4 });
  });

  test('[T22] refuse a k that the axis does not have', async () => {
    await expect(top([1, 2], 3)).rejects.toThrow('topMean: expected k from 1 to 2, got 3');
  });
});
