/**
 * Repeats a training that PyTorch recorded (bench/peers/parity.py): weights and batches come from one integer formula, results
 * are compared by random projections.
 */

import type { HostTensor, NamedTensors } from '../model/weights.ts';
import { adam, sgd } from '../optimizers/optimizer.ts';
import { createPredictor, declareWeights, type Forward } from '../predict.ts';
import { type Shape, sizeOf } from '../shape.ts';
import { createTrainer, type TrainerOptions, type TrainerState } from '../train.ts';

/** A training as parity.py records it. */
export type ParityCase = {
  readonly optimizer: 'adam' | 'sgd';
  /** Around what biases start. */
  readonly biasOffset: number;
  readonly shapes: Readonly<Record<string, Shape>>;
  readonly losses: readonly number[];
  /** The same training in double precision. */
  readonly losses64: readonly number[];
  /** Per output in evaluation mode: mean |x| and projection. */
  readonly evaluated: Readonly<Record<string, readonly [number, number]>>;
  /** Per parameter: projection and norm of the optimizer's running gradient after one step. */
  readonly moments: Readonly<Record<string, readonly [number, number]>>;
  /** Per tensor: projections before and after training, norm of the movement. */
  readonly tensors: Readonly<Record<string, readonly [number, number, number]>>;
};

/** A fixture file. */
export type ParityFixture = {
  readonly torch: string;
  readonly learningRate: number;
  readonly cases: Readonly<Record<string, ParityCase>>;
};

/** What our side makes of a case. */
export type ParityRun = {
  readonly before: NamedTensors;
  /** The optimizer's running gradients after one step. */
  readonly moments: NamedTensors;
  readonly after: NamedTensors;
  readonly losses: readonly number[];
  readonly evaluated: Readonly<Record<string, Float32Array>>;
};

type ParityOptions = {
  readonly forward: Forward;
  readonly loss: TrainerOptions['loss'];
  readonly learningRate: number;
};

/** Evaluates the network at the formula's weights, then trains it as long as PyTorch did. */
export async function runParity(
  { optimizer, biasOffset, shapes, losses }: ParityCase,
  { forward, loss, learningRate }: ParityOptions,
): Promise<ParityRun> {
  const feeds = makeBatch(shapes);
  const inputs = { image: shapes.image! };
  const weights = makeWeights(declareWeights(forward, inputs), biasOffset);
  const predictor = await createPredictor({ inputs, forward, weights, threads: 1 });
  const evaluated = await predictor.predict({ image: feeds.image! });
  await predictor.dispose();
  const trainer = await createTrainer({
    inputs: shapes,
    loss,
    weights,
    optimizer: optimizer === 'adam' ? adam() : sgd({ momentum: 0.9, weightDecay: 1e-4 }),
    seed: 1,
    threads: 1,
  });
  const steps = [await trainer.step(feeds, { learningRate })];
  const moments = readMoments(trainer.state(), optimizer === 'adam' ? 'mean' : 'velocity');
  while (steps.length < losses.length) steps.push(await trainer.step(feeds, { learningRate }));
  const after = trainer.weights();
  await trainer.dispose();
  const ourLosses = steps.map((step) => step.loss);
  return { before: weights, moments, after, losses: ourLosses, evaluated };
}

function readMoments({ slots }: TrainerState, slot: string): NamedTensors {
  const prefix = `slot/${slot}/`;
  const kept = [...slots].filter(([key]) => key.startsWith(prefix));
  return new Map(kept.map(([key, tensor]) => [key.slice(prefix.length), tensor]));
}

/** How far a run is from the recording. */
export type Deviation = {
  /** Largest relative difference of a loss. */
  readonly loss: number;
  /** Largest difference of a projected output in evaluation mode, in units of mean |x| * sqrt(count). */
  readonly evaluated: number;
  /** Largest difference of a projected initial weight. */
  readonly before: number;
  /** Largest difference of a projected running gradient, relative to its norm. */
  readonly moments: number;
  /** Largest difference of a projected trained tensor, relative to how far training moved it. */
  readonly after: number;
};

/** Compares a run with its recording. @throws if the networks do not have the same tensors. */
export function compareParity(recorded: ParityCase, run: ParityRun): Deviation {
  const names = Object.keys(recorded.tensors);
  const ours = [...run.after.keys()];
  if (names.toSorted().join() !== ours.toSorted().join())
    throw new Error(`expected the tensors ${names}, got ${ours}`);
  const noise = findNoise(recorded);
  const tensors = Object.entries(recorded.tensors);
  const moments = Object.entries(recorded.moments).filter(([name]) => !noise.has(name));
  const shift = (values: NamedTensors, name: string, projected: number) =>
    project(name, values.get(name)!.data) - projected;
  return {
    loss: largest(recorded.losses.map((loss, i) => (run.losses[i]! - loss) / loss)),
    evaluated: largest(
      Object.entries(recorded.evaluated).map(([name, [size, projected]]) => {
        const data = run.evaluated[name]!;
        return (project(name, data) - projected) / (size * Math.sqrt(data.length));
      }),
    ),
    before: largest(tensors.map(([name, [start]]) => shift(run.before, name, start))),
    moments: largest(
      moments.map(([name, [projected, norm]]) => shift(run.moments, name, projected) / norm),
    ),
    after: largest(
      tensors
        .filter(([name]) => !noise.has(name))
        .map(([name, [, end, moved]]) => shift(run.after, name, end) / moved),
    ),
  };
}

/** Parameters without influence, such as a bias that the next normalization removes: Adam moves them by the sign of rounding errors. */
function findNoise({ moments }: ParityCase): Set<string> {
  const norms = Object.entries(moments).map(([name, [, norm]]) => [name, norm] as const);
  const strongest = largest(norms.map(([, norm]) => norm));
  return new Set(norms.filter(([, norm]) => norm < 1e-6 * strongest).map(([name]) => name));
}

function largest(values: readonly number[]): number {
  return Math.max(...values.map(Math.abs));
}

/** One number per tensor that every entry enters with its own random weight. */
function project(name: string, data: Float32Array): number {
  const probe = uniformOf(`probe.${name}`);
  return data.reduce((total, value, i) => total + value * probe(i), 0);
}

function makeWeights(declared: ReadonlyMap<string, Shape>, biasOffset: number): NamedTensors {
  return new Map([...declared].map(([name, shape]) => [name, makeWeight(name, shape, biasOffset)]));
}

/** Filters at He's scale, batch-norm scales and variances around 1, biases around the offset, means small. */
function makeWeight(name: string, shape: Shape, biasOffset: number): HostTensor {
  const uniform = uniformOf(name);
  const draw = (transform: (u: number) => number): HostTensor => ({
    shape,
    data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => transform(uniform(i))),
  });
  if (shape.length >= 2) {
    const scale = Math.sqrt(6 / sizeOf(shape.slice(1)));
    return draw((u) => scale * u);
  }
  const isScale = name.endsWith('weight') || name.endsWith('running_var');
  const center = name.endsWith('bias') ? biasOffset : 0;
  return draw(isScale ? (u) => 1 + 0.25 * u : (u) => 0.1 * u + center);
}

/** Images; `target...` of 0 and 1, `class...` one-hot rows. */
function makeBatch(shapes: Readonly<Record<string, Shape>>): Record<string, Float32Array> {
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const uniform = uniformOf(`batch.${name}`);
    const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => uniform(i));
    if (name === 'image') return [name, paintImages(data, shape)];
    if (name.startsWith('class')) return [name, chooseLargest(data, shape[1]!)];
    return [
      name,
      Float32Array.from(name.startsWith('target') ? data.map((u) => (u > 0.2 ? 1 : 0)) : data),
    ];
  });
  return Object.fromEntries(entries);
}

/** Noise on 8 x 8 blocks on a brightness per image. */
function paintImages(noise: Float64Array, shape: Shape): Float32Array {
  const [count, channels, height, width] = shape as [number, number, number, number];
  const block = uniformOf('batch.blocks');
  return Float32Array.from(noise, (u, i) => {
    const map = Math.floor(i / (height * width)); // n * channels + c
    const row = Math.floor((Math.floor((i % (height * width)) / width) * 8) / height);
    const column = Math.floor(((i % width) * 8) / width);
    const brightness = Math.floor(map / channels) / (count - 1) - 0.5;
    return 0.25 * u + brightness + block((map * 8 + row) * 8 + column);
  });
}

function chooseLargest(data: Float64Array, columns: number): Float32Array {
  return Float32Array.from(data, (value, i) => {
    const start = i - (i % columns);
    return value === Math.max(...data.subarray(start, start + columns)) ? 1 : 0;
  });
}

/** The i-th number in [-1, 1) of a name: the MurmurHash3 finalizer of i * golden ratio + FNV-1a(name). */
function uniformOf(name: string): (index: number) => number {
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return (index) => {
    let u = (Math.imul(index, 0x9e3779b1) + hash) >>> 0;
    u = Math.imul(u ^ (u >>> 16), 0x85ebca6b);
    u = Math.imul(u ^ (u >>> 13), 0xc2b2ae35);
    return ((u ^ (u >>> 16)) >>> 0) / 2 ** 31 - 1;
  };
}
