/** A process that compiles and runs one program and prints how much it grew, and what was predicted. */
import type { Sym } from '../ir/program.ts';
import { batchNorm, conv, dense } from '../model/layers.ts';
import type { Scope } from '../model/scope.ts';
import { relu } from '../ops/elementwise.ts';
import { globalAvgPool } from '../ops/image.ts';
import { reshape } from '../ops/layout.ts';
import { mean } from '../ops/reduce.ts';
import { adam } from '../optimizers/optimizer.ts';
import { createPredictor, type Forward, initializeWeights } from '../predict.ts';
import type { Shape } from '../shape.ts';
import { createTrainer } from '../train.ts';
import { seededValues } from './trace.ts';

/** Mostly maps: eight normalized convolutions of 24 channels. */
function convolve({ x }: Readonly<Record<string, Sym>>, scope: Scope): { y: Sym } {
  let y = x!;
  for (let i = 0; i < 8; i++) {
    const layer = scope.at(`layer${i}`);
    y = relu(batchNorm(layer.at('norm'), conv(layer.at('conv'), y, { channels: 24, size: 3 })));
  }
  return { y: reshape(globalAvgPool(y), [y.shape[0]!, -1]) };
}

/** Mostly weights: three layers of 1500 x 1500. */
function connect({ x }: Readonly<Record<string, Sym>>, scope: Scope): { y: Sym } {
  const layer = (y: Sym, i: number) => dense(scope.at(`layer${i}`), y, { features: 1500 });
  return { y: [0, 1, 2].reduce((y, i) => relu(layer(y, i)), x!) };
}

const networks: Readonly<Record<string, { readonly forward: Forward; readonly x: Shape }>> = {
  maps: { forward: convolve, x: [6, 3, 128, 128] },
  weights: { forward: connect, x: [4, 1500] },
};

const [, , name, mode] = process.argv;
const { forward, x } = networks[name!]!;
const before = process.memoryUsage.rss();
const predicted = mode === 'train' ? await train() : await predict();
const peak = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ predicted, measured: peak - before }));

async function train(): Promise<number> {
  const trainer = await createTrainer({
    inputs: { x },
    loss: (inputs, scope) => ({ loss: mean(forward(inputs, scope).y!) }),
    optimizer: adam(),
    seed: 1,
    threads: 1,
  });
  for (let i = 0; i < 3; i++)
    await trainer.step({ x: seededValues(x, 'x') }, { learningRate: 1e-3 });
  return trainer.memory.total;
}

async function predict(): Promise<number> {
  const weights = initializeWeights(forward, { x }, 1);
  const predictor = await createPredictor({ inputs: { x }, forward, weights, threads: 1 });
  for (let i = 0; i < 3; i++) await predictor.predict({ x: seededValues(x, 'x') });
  return predictor.memory.total;
}
