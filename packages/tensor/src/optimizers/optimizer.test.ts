import { describe, expect, test } from 'vitest';
import { mul } from '../ops/elementwise.ts';
import { sum } from '../ops/reduce.ts';
import { createTrainer, type TrainerOptions } from '../train.ts';
import { adam, type Optimizer, sgd } from './optimizer.ts';

type Extra = Pick<TrainerOptions, 'learningRateScale' | 'frozen'>;

/** Trains one weight w from 1 on the loss g w, whose gradient is the number g that is fed at each step. */
async function descend(
  optimizer: Optimizer,
  steps: readonly { readonly g: number; readonly learningRate: number }[],
  extra: Extra = {},
): Promise<number[]> {
  const trainer = await createTrainer({
    inputs: { g: [1] },
    loss: ({ g }, scope) => ({ loss: sum(mul(g!, scope.param('w', [1], { type: 'ones' }))) }),
    optimizer,
    seed: 1,
    threads: 1,
    ...extra,
  });
  const path: number[] = [];
  for (const { g, learningRate } of steps) {
    await trainer.step({ g: Float32Array.of(g) }, { learningRate });
    path.push(trainer.weights().get('w')!.data[0]!);
  }
  await trainer.dispose();
  return path;
}

function expectPath(path: readonly number[], expected: readonly number[]): void {
  expect(path.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(path[i], `step ${i + 1}`).toBeCloseTo(value, 6);
  });
}

const gradients = [2, -1, 0.5].map((g) => ({ g, learningRate: 0.1 }));

describe('Adam', () => {
  test('[O2] follows algorithm 1 of the paper by hand', async () => {
    // m, v and the step, with betas 0.9 and 0.999, epsilon 1e-8
    const moments = [
      [0.2, 0.004],
      [0.9 * 0.2 - 0.1, 0.999 * 0.004 + 0.001],
      [0.9 * 0.08 + 0.05, 0.999 * 0.004996 + 0.00025],
    ] as const;
    let w = 1;
    const expected = moments.map(([m, v], i) => {
      const corrected = [m / (1 - 0.9 ** (i + 1)), v / (1 - 0.999 ** (i + 1))] as const;
      w -= (0.1 * corrected[0]) / (Math.sqrt(corrected[1]) + 1e-8);
      return w;
    });

    expect(expected[0]).toBeCloseTo(0.9, 6); // the first step is the learning rate against the sign
    expectPath(await descend(adam(), gradients), expected);
  });

  test('[O2] adds weight decay to the gradient', async () => {
    // g = -1 + 1 * w is 0 at w = 1: nothing moves
    expectPath(await descend(adam({ weightDecay: 1 }), [{ g: -1, learningRate: 0.1 }]), [1]);
  });

  test('[O2] epsilon is added after the bias correction', async () => {
    // m / (1 - 0.9) = 1, sqrt(v / (1 - 0.999)) = 1
    expectPath(await descend(adam({ epsilon: 1 }), [{ g: 1, learningRate: 0.1 }]), [0.95]);
  });
});

describe('stochastic gradient descent', () => {
  test('[O3] without momentum subtracts rate times gradient', async () => {
    expectPath(await descend(sgd(), gradients), [0.8, 0.9, 0.85]);
  });

  test('[O3] momentum accumulates: v = 0.5 v + g', async () => {
    expectPath(await descend(sgd({ momentum: 0.5 }), gradients), [0.8, 0.8, 0.75]);
  });

  test('[O3] Nesterov looks ahead: g + 0.5 v', async () => {
    const path = await descend(sgd({ momentum: 0.5, nesterov: true }), gradients);

    expectPath(path, [0.7, 0.8, 0.725]);
  });

  test('[O3] weight decay is added to the gradient', async () => {
    expectPath(await descend(sgd({ weightDecay: 0.5 }), gradients.slice(0, 2)), [0.75, 0.8125]);
  });
});

describe('learning rates', () => {
  test('[O4] the rate of a step is that step alone', async () => {
    const steps = [0.1, 0.2, 0].map((learningRate) => ({ g: 1, learningRate }));

    expectPath(await descend(sgd(), steps), [0.9, 0.7, 0.7]);
  });

  test('[O4] a parameter may have a multiple of it', async () => {
    const slow = { learningRateScale: () => 0.1 };

    expectPath(await descend(sgd(), gradients.slice(0, 1), slow), [0.98]);
    expectPath(await descend(adam(), gradients.slice(0, 1), slow), [0.99]);
    expectPath(await descend(sgd({ momentum: 0.9 }), gradients.slice(0, 1), slow), [0.98]);
  });

  test('[O5] a frozen parameter keeps its value', async () => {
    expectPath(
      await descend(adam({ weightDecay: 1 }), gradients, { frozen: () => true }),
      [1, 1, 1],
    );
  });
});
