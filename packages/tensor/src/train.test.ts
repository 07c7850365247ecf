import { describe, expect, test } from 'vitest';
import { NonFiniteLossError, WeightsError } from './errors.ts';
import { printProgram } from './ir/print.ts';
import { batchNorm, conv, dropout } from './model/layers.ts';
import { add, log, mul, relu, square, sub } from './ops/elementwise.ts';
import { mean, sum } from './ops/reduce.ts';
import { adam, sgd } from './optimizers/optimizer.ts';
import { type Forward, initializeWeights } from './predict.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import { seededValues } from './testing/trace.ts';
import { createTrainer, type Trainer, type TrainerOptions } from './train.ts';

const shape = [2, 2, 5, 5];
const options: TrainerOptions = {
  inputs: { x: shape, y: [2, 3, 5, 5] },
  loss: ({ x, y }, scope) => {
    const features = conv(scope.at('conv'), x!, { channels: 3, size: 3 });
    const output = dropout(scope, relu(batchNorm(scope.at('norm'), features)), 0.5);
    return { loss: mean(square(sub(output, y!))), outputs: { output } };
  },
  optimizer: adam(),
  seed: 4,
  threads: 1,
};
const forward: Forward = (inputs, scope) => ({ loss: options.loss(inputs, scope).loss });
const feedsOf = (step: number) => ({
  x: seededValues(shape, `x${step}`),
  y: seededValues([2, 3, 5, 5], `y${step}`),
});
const learningRate = 0.01;

async function run(trainer: Trainer, from: number, to: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = from; step < to; step++)
    losses.push((await trainer.step(feedsOf(step), { learningRate })).loss);
  return losses;
}

describe('a training', () => {
  test('[O6] repeats to the last bit for the same seed and differs for another', async () => {
    const [first, second, other] = [
      await createTrainer(options),
      await createTrainer(options),
      await createTrainer({ ...options, seed: 5 }),
    ];

    const losses = await run(first, 0, 3);

    expect(await run(second, 0, 3)).toEqual(losses);
    expect(second.weights()).toEqual(first.weights());
    expect(await run(other, 0, 3)).not.toEqual(losses);
    for (const trainer of [first, second, other]) await trainer.dispose();
  });

  test('[O7] that is restored continues to the last bit: weights, statistics, slots, step, masks', async () => {
    const whole = await createTrainer(options);
    const losses = await run(whole, 0, 3);
    const state = whole.state();
    losses.push(...(await run(whole, 3, 6)));

    const resumed = await createTrainer(options);
    resumed.restore(state);

    expect(await run(resumed, 3, 6)).toEqual(losses.slice(3));
    expect(resumed.state()).toEqual(whole.state());
    expect(resumed.state().step).toBe(6);
    for (const trainer of [whole, resumed]) await trainer.dispose();
  });

  test('[O6] [O7] of 300 steps repeats to the last bit, also when saved to files and restored half-way', async () => {
    const [whole, again, resumed] = [
      await createTrainer(options),
      await createTrainer(options),
      await createTrainer({ ...options, seed: 4 }),
    ];
    const losses = await run(whole, 0, 300);

    const half = await run(again, 0, 150);
    const { step, weights, slots } = again.state();
    resumed.restore({
      step: JSON.parse(JSON.stringify(step)) as number,
      weights: readSafetensors(writeSafetensors(weights)).tensors,
      slots: readSafetensors(writeSafetensors(slots)).tensors,
    });

    expect([...half, ...(await run(again, 150, 300))]).toEqual(losses);
    expect(await run(resumed, 150, 300)).toEqual(losses.slice(150));
    expect(again.state()).toEqual(whole.state());
    expect(resumed.state()).toEqual(whole.state());
    for (const trainer of [whole, again, resumed]) await trainer.dispose();
  });

  test('[O7] a state of another optimizer is refused, and nothing changes', async () => {
    const trainer = await createTrainer(options);
    await run(trainer, 0, 1);
    const before = trainer.state();
    const other = await createTrainer({ ...options, optimizer: sgd({ momentum: 0.9 }) });

    expect(() => trainer.restore(other.state())).toThrow(
      'slot/mean/conv.weight: expected [3, 2, 3, 3], got nothing',
    );
    expect(trainer.state()).toEqual(before);
    for (const each of [trainer, other]) await each.dispose();
  });

  test('[O7] a state is a copy: later steps leave it alone, and restoring it leaves it alone', async () => {
    const trainer = await createTrainer(options);
    await run(trainer, 0, 1);
    const state = trainer.state();
    const kept = state.weights.get('conv.weight')!.data.slice();

    await run(trainer, 1, 3);
    trainer.restore(state);
    await run(trainer, 1, 3);

    expect(state.weights.get('conv.weight')!.data).toEqual(kept);
    await trainer.dispose();
  });

  test('[O8] starts from given weights, which must fit', async () => {
    const weights = initializeWeights(forward, options.inputs, 77);
    const trainer = await createTrainer({ ...options, weights });

    expect(trainer.weights()).toEqual(weights);
    await trainer.dispose();
    const creation = createTrainer({ ...options, weights: new Map([...weights].slice(1)) });
    await expect(creation).rejects.toThrow(WeightsError);
    await expect(creation).rejects.toThrow('conv.weight: expected [3, 2, 3, 3], got nothing');
  });

  test('[O8] draws the weights that initializeWeights draws', async () => {
    const trainer = await createTrainer(options);

    expect(trainer.weights()).toEqual(initializeWeights(forward, options.inputs, 4));
    await trainer.dispose();
  });

  test('[I14] a weight that is asked for twice is trained by both uses', async () => {
    const trainer = await createTrainer({
      inputs: { x: [1] },
      loss: ({ x }, scope) => {
        const use = () => sum(mul(x!, scope.param('w', [1], { type: 'ones' })));
        return { loss: add(use(), use()) };
      },
      optimizer: sgd(),
      seed: 1,
      threads: 1,
    });

    await trainer.step({ x: Float32Array.of(3) }, { learningRate: 0.1 });

    expect(trainer.weights().get('w')!.data[0]).toBeCloseTo(1 - 0.1 * 6, 6);
    await trainer.dispose();
  });

  test('[O9] counts the numbers it trains', async () => {
    const trainer = await createTrainer(options);

    expect(trainer.parameterCount).toBe(3 * 2 * 9 + 3 + 3);
    await trainer.dispose();
  });

  test('[O10] running statistics blend in the mean and the unbiased variance of the batch by 0.1', async () => {
    const trainer = await createTrainer({
      inputs: { x: [2, 1, 1, 2] },
      loss: ({ x }, scope) => ({ loss: sum(batchNorm(scope, x!)) }),
      optimizer: sgd(),
      seed: 1,
      threads: 1,
    });

    await trainer.step({ x: Float32Array.of(1, 2, 3, 6) }, { learningRate: 0 });

    // mean 3; squared deviations 4 + 1 + 0 + 9 over 4 - 1
    expect(trainer.weights().get('running_mean')!.data[0]).toBeCloseTo(0.3, 6);
    expect(trainer.weights().get('running_var')!.data[0]).toBeCloseTo(0.9 + 0.1 * (14 / 3), 6);
    await trainer.dispose();
  });

  test('[O10] one value per channel has no variance and is refused', async () => {
    const creation = createTrainer({
      inputs: { x: [1, 3, 1, 1] },
      loss: ({ x }, scope) => ({ loss: sum(batchNorm(scope, x!)) }),
      optimizer: sgd(),
      seed: 1,
    });

    await expect(creation).rejects.toThrow(
      'batchNorm: expected at least 2 values per channel to train, got [1, 3, 1, 1]',
    );
  });

  test('[O11] a loss that is not finite is an error with the step, and no weight changes', async () => {
    const trainer = await createTrainer({
      inputs: { x: [1] },
      loss: ({ x }, scope) => ({
        loss: sum(log(mul(x!, scope.param('w', [1], { type: 'ones' })))),
      }),
      optimizer: sgd({ momentum: 0.9 }),
      seed: 1,
      threads: 1,
    });
    await trainer.step({ x: Float32Array.of(1) }, { learningRate: 0.1 });
    const before = trainer.state();

    const failing = trainer.step({ x: Float32Array.of(-1) }, { learningRate: 0.1 });

    await expect(failing).rejects.toThrow(NonFiniteLossError);
    await expect(failing).rejects.toThrow(
      'step 2: expected a finite loss, got NaN; try a lower learning rate, or check the inputs for NaN',
    );
    expect(trainer.state()).toEqual(before);
    await trainer.step({ x: Float32Array.of(1) }, { learningRate: 0.1 });
    expect(trainer.state().step).toBe(2);
    await trainer.dispose();
  });

  test('[O12] a feed of the wrong length is named', async () => {
    const trainer = await createTrainer(options);

    const step = trainer.step({ ...feedsOf(0), x: new Float32Array(3) }, { learningRate });

    await expect(step).rejects.toThrow('feed x: expected 100 values, got 3 values');
    await trainer.dispose();
  });
});

describe('dropout', () => {
  const ones = new Float32Array(10_000).fill(1);
  const dropped = (rate: number): TrainerOptions => ({
    inputs: { x: [10_000] },
    loss: ({ x }, scope) => {
      const y = dropout(scope, x!, rate);
      return { loss: mean(mul(y, scope.param('w', [], { type: 'ones' }))), outputs: { y } };
    },
    optimizer: sgd(),
    seed: 9,
    threads: 1,
  });
  const draw = async (trainer: Trainer) =>
    (await trainer.step({ x: ones }, { learningRate: 0 })).outputs.y!;

  test('[R7] zeroes values with its probability and scales the others to keep the mean', async () => {
    const trainer = await createTrainer(dropped(0.2));

    const y = await draw(trainer);

    expect(new Set(y)).toEqual(new Set([0, 1.25]));
    expect(Math.abs(y.filter((v) => v === 0).length / y.length - 0.2)).toBeLessThan(0.012);
    await trainer.dispose();
  });

  test('[R8] draws anew at every step, and the same again after restore', async () => {
    const trainer = await createTrainer(dropped(0.5));
    const first = await draw(trainer);
    const state = trainer.state();
    const second = await draw(trainer);

    expect(second).not.toEqual(first);
    trainer.restore(state);
    expect(await draw(trainer)).toEqual(second);
    await trainer.dispose();
  });

  test('[R8] two layers draw different masks', async () => {
    const trainer = await createTrainer({
      ...dropped(0.5),
      loss: ({ x }, scope) => {
        const [a, b] = [dropout(scope, x!, 0.5), dropout(scope, x!, 0.5)];
        return { loss: mean(mul(a, scope.param('w', [], { type: 'ones' }))), outputs: { a, b } };
      },
    });

    const { outputs } = await trainer.step({ x: ones }, { learningRate: 0 });

    expect(outputs.a).not.toEqual(outputs.b);
    await trainer.dispose();
  });

  test('[R7] a rate of 0 is the identity and draws nothing', async () => {
    const trainer = await createTrainer(dropped(0));

    expect(await draw(trainer)).toEqual(ones);
    expect(printProgram(trainer.program)).not.toContain('mask');
    await trainer.dispose();
  });
});
