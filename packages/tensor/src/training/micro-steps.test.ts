import { describe, expect, test } from 'vitest';
import { batchNorm, conv, dense, dropout, groupNorm } from '../model/layers.ts';
import { div, mul, relu, softplus, square, sub } from '../ops/elementwise.ts';
import { globalAvgPool } from '../ops/image.ts';
import { reshape } from '../ops/layout.ts';
import { mean, sum } from '../ops/reduce.ts';
import { adam } from '../optimizers/optimizer.ts';
import { distance, seededValues } from '../testing/trace.ts';
import { createTrainer, type Trainer, type TrainerOptions } from '../train.ts';
import { splitBatch } from './micro-steps.ts';

const shapes = { x: [7, 2, 6, 6], y: [7, 3], weight: [7, 3] } as const;
const feeds = {
  x: seededValues(shapes.x, 'x'),
  y: seededValues(shapes.y, 'y'),
  // Uneven over micro-batches, as labels with gaps are.
  weight: seededValues(shapes.weight, 'weight').map((value) => (value > -0.3 ? 1 : 0)),
};

type Build = TrainerOptions['loss'];
type Norm = typeof batchNorm;

const groups: Norm = (scope, x) => groupNorm(scope, x, { groups: 2 });

/** Convolution, a normalization, dropout and a linear layer. */
function outputs({ x }: Parameters<Build>[0], scope: Parameters<Build>[1], norm: Norm) {
  const maps = relu(norm(scope.at('norm'), conv(scope.at('conv'), x!, { channels: 4, size: 3 })));
  const pooled = reshape(globalAvgPool(maps), [x!.shape[0]!, 4]);
  return dense(scope.at('head'), dropout(scope, pooled, 0.4), { features: 3 });
}

/** The mean over entries with weight 1, with the number of them. */
const weighted: Build = (inputs, scope) => {
  const y = outputs(inputs, scope, groups);
  const count = sum(inputs.weight!);
  const losses = mul(square(sub(softplus(y), inputs.y!)), inputs.weight!);
  return { loss: div(sum(losses), count), count, outputs: { y } };
};

async function train(loss: Build, microBatch?: number) {
  const trainer = await createTrainer({
    inputs: shapes,
    loss,
    optimizer: adam(),
    seed: 5,
    threads: 1,
    ...(microBatch === undefined ? {} : { microBatch }),
  });
  const results = [];
  for (let i = 0; i < 4; i++) results.push(await trainer.step(feeds, { learningRate: 0.01 }));
  await trainer.dispose();
  return { trainer, results };
}

/** The largest difference between the weights of two trainings. */
function weightDistance(a: Trainer, b: Trainer): number {
  const others = b.weights();
  return Math.max(
    ...[...a.weights()].map(([name, { data }]) => distance(data, others.get(name)!.data)),
  );
}

describe('micro-batches', () => {
  test.each([1, 2, 3, 4])(
    '[E10] of %i train as the whole batch does for a loss that is a mean, uneven weights and dropout included',
    async (size) => {
      const [whole, micro] = [await train(weighted), await train(weighted, size)];

      expect(micro.trainer.deviations).toEqual([]);
      for (const [i, { loss, outputs: got }] of micro.results.entries()) {
        expect(loss).toBeCloseTo(whole.results[i]!.loss, 5);
        expect(distance(got.y!, whole.results[i]!.outputs.y!)).toBeLessThan(1e-4);
      }
      // Four steps of Adam move a weight by 0.04 at most.
      expect(weightDistance(micro.trainer, whole.trainer)).toBeLessThan(1e-4);
    },
  );

  test('[E10] a loss without a count weighs micro-batches by their samples', async () => {
    const loss: Build = (inputs, scope) => ({
      loss: mean(square(sub(outputs(inputs, scope, groups), inputs.y!))),
    });
    const [whole, micro] = [await train(loss), await train(loss, 3)];

    expect(weightDistance(micro.trainer, whole.trainer)).toBeLessThan(1e-4);
    expect(micro.trainer.deviations).toEqual([
      'the loss gives no count of items that it is a mean over: the mean over micro-batches takes its place',
    ]);
  });

  test('[E11] say that batch normalization differs, and keep its running statistics', async () => {
    const loss: Build = (inputs, scope) => {
      const y = outputs(inputs, scope, batchNorm);
      return { loss: mean(square(sub(y, inputs.y!))), count: sum(inputs.weight!) };
    };
    const [whole, micro] = [await train(loss), await train(loss, 3)];

    expect(micro.trainer.deviations).toEqual([
      'batch normalization takes mean and variance over each micro-batch, not over the batch',
    ]);
    expect(whole.trainer.deviations).toEqual([]);
    expect(weightDistance(micro.trainer, whole.trainer)).toBeGreaterThan(1e-3);
    // Three blends at momentum 0.1 a step, four steps.
    expect(
      micro.trainer
        .weights()
        .get('norm.running_var')!
        .data.every((v) => v < 0.7),
    ).toBe(true);
  });

  test('[E10] need less memory than the whole batch', async () => {
    const sides = { ...shapes, x: [64, 2, 32, 32], y: [64, 3], weight: [64, 3] };
    const of = async (microBatch?: number) => {
      const options = microBatch === undefined ? {} : { microBatch };
      const trainer = await createTrainer({
        inputs: sides,
        loss: weighted,
        optimizer: adam(),
        seed: 1,
        ...options,
      });
      await trainer.dispose();
      return trainer.memory.intermediates;
    };

    expect((await of(8)) / (await of())).toBeLessThan(0.2);
  });

  test('[E10] a state of one goes on in the other, and nothing changes at a loss that is not finite', async () => {
    const { trainer } = await train(weighted);
    const micro = await createTrainer({
      inputs: shapes,
      loss: weighted,
      optimizer: adam(),
      seed: 5,
      microBatch: 3,
    });
    micro.restore(trainer.state());
    const broken = { ...feeds, x: feeds.x.with(0, Number.NaN) };

    await expect(micro.step(broken, { learningRate: 0.01 })).rejects.toThrow(
      'expected a finite loss',
    );

    expect(weightDistance(micro, trainer)).toBe(0);
    expect(micro.state().step).toBe(4);
    await micro.dispose();
  });
});

test('[E10] batches split evenly, and no sample is left alone', () => {
  expect(splitBatch(16, 4)).toEqual([4, 4, 4, 4]);
  expect(splitBatch(13, 4)).toEqual([3, 3, 3, 4]);
  expect(splitBatch(5, 2)).toEqual([2, 3]);
  expect(splitBatch(3, 1)).toEqual([1, 1, 1]);
});
