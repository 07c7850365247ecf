import { createTrainer, type Sym, sgd } from '@radiograph/tensor';
import { describe, expect, test } from 'vitest';
import { binaryCrossEntropy, classAverageDice, type Target } from './losses.ts';

type Data = { logits: number[]; target: number[]; weight: number[] };

/** The loss and its gradient with respect to the logits, which are trained by one step of plain descent at rate 1. */
async function evaluate(
  loss: (logits: Sym, target: Target) => Sym,
  shape: readonly number[],
  { logits, target, weight }: Data,
): Promise<{ loss: number; gradient: number[] }> {
  const start = Float32Array.from(logits);
  const trainer = await createTrainer({
    inputs: { target: shape, weight: shape },
    loss: (inputs, scope) => ({
      loss: loss(scope.param('logits', shape, { type: 'zeros' }), {
        target: inputs.target!,
        weight: inputs.weight!,
      }),
    }),
    weights: new Map([['logits', { shape, data: start }]]),
    optimizer: sgd(),
    seed: 1,
    threads: 1,
  });
  const feeds = { target: Float32Array.from(target), weight: Float32Array.from(weight) };
  const step = await trainer.step(feeds, { learningRate: 1 });
  const { data } = trainer.weights().get('logits')!;
  await trainer.dispose();
  return { loss: step.loss, gradient: Array.from(start, (value, i) => value - data[i]!) };
}

const ones = (count: number) => new Array<number>(count).fill(1);

describe('binary cross entropy', () => {
  test('averages softplus(z) - z y over all entries', async () => {
    const { loss, gradient } = await evaluate(binaryCrossEntropy, [2, 2], {
      logits: [0, 0, Math.log(3), Math.log(3)],
      target: [0, 1, 0, 1],
      weight: ones(4),
    });

    // -log of 1/2, 1/2, 1/4 and 3/4
    expect(loss).toBeCloseTo((2 * Math.log(2) + Math.log(4) + Math.log(4 / 3)) / 4, 6);
    // (sigmoid(z) - y) / 4
    [0.125, -0.125, 0.1875, -0.0625].forEach((expected, i) => {
      expect(gradient[i]).toBeCloseTo(expected, 6);
    });
  });

  test('leaves out entries of weight 0, in the mean and in the gradient', async () => {
    const { loss, gradient } = await evaluate(binaryCrossEntropy, [1, 3], {
      logits: [0, 5, Math.log(3)],
      target: [1, 0, 1],
      weight: [1, 0, 1],
    });

    expect(loss).toBeCloseTo((Math.log(2) + Math.log(4 / 3)) / 2, 6);
    expect(gradient[1]).toBe(0);
  });

  test('is 0 without a gradient where nothing is annotated', async () => {
    const data = { logits: [1, -1], target: [1, 0], weight: [0, 0] };

    expect(await evaluate(binaryCrossEntropy, [1, 2], data)).toEqual({ loss: 0, gradient: [0, 0] });
  });

  test('stays finite at logits of 200', async () => {
    const data = { logits: [200, -200], target: [0, 1], weight: [1, 1] };

    expect((await evaluate(binaryCrossEntropy, [1, 2], data)).loss).toBeCloseTo(200, 4);
  });
});

describe('class-average Dice', () => {
  test('is 1 - the mean of (2 sum(p y) + 1) / (sum p + sum y + 1) over classes', async () => {
    const { loss } = await evaluate(classAverageDice, [1, 2, 1, 2], {
      logits: [0, Math.log(3), 0, 0],
      target: [1, 1, 0, 1],
      weight: ones(4),
    });

    const first = (2 * (0.5 + 0.75) + 1) / (0.5 + 0.75 + 2 + 1);
    const second = (2 * 0.5 + 1) / (0.5 + 0.5 + 1 + 1);
    expect(loss).toBeCloseTo(1 - (first + second) / 2, 6);
  });

  test('sums over the whole batch before it divides', async () => {
    const { loss } = await evaluate(classAverageDice, [2, 1, 1, 1], {
      logits: [0, Math.log(3)],
      target: [1, 0],
      weight: ones(2),
    });

    expect(loss).toBeCloseTo(1 - (2 * 0.5 + 1) / (0.5 + 0.75 + 1 + 1), 6);
  });

  test('pushes the predictions of a class that is absent from the batch towards zero', async () => {
    const { loss, gradient } = await evaluate(classAverageDice, [1, 1, 1, 2], {
      logits: [0, 0],
      target: [0, 0],
      weight: ones(2),
    });

    expect(loss).toBeCloseTo(1 - 1 / 2, 6); // d = 1 / (sum p + 1)
    expect(gradient[0]).toBeCloseTo(0.25 / 4, 6); // p (1 - p) / (sum p + 1)^2
  });

  test('ignores a class that nobody annotated: d = 1 and no gradient', async () => {
    const { loss, gradient } = await evaluate(classAverageDice, [1, 2, 1, 1], {
      logits: [3, 0],
      target: [1, 1],
      weight: [0, 1],
    });

    expect(loss).toBeCloseTo(1 - (1 + 2 / 2.5) / 2, 6);
    expect(gradient[0]).toBe(0);
  });
});
