/** What takes a training step: one program for a whole batch, or one per micro-batch and one for the update. */

import { createRandom } from '@radiograph/statistics';
import type { Engine } from '../backends/engine.ts';
import type { Program, Sym } from '../ir/program.ts';
import type { MemoryPrediction } from '../memory/predict-memory.ts';
import type { Declaration, Scope } from '../model/scope.ts';
import type { NamedTensors } from '../model/weights.ts';
import type { Optimizer, StepScalars } from '../optimizers/optimizer.ts';
import { type Shape, sizeOf } from '../shape.ts';
import type { Unit } from './units.ts';

/** What a loss function gives back. */
export type Loss = {
  readonly loss: Sym;
  /** Come back from every step. Under micro-batches, the samples must be their first axis. */
  readonly outputs?: Readonly<Record<string, Sym>>;
  /**
   * Of a loss that is a mean: how many items it is the mean over, a scalar. Micro-batches then weigh as they do in the whole batch;
   * without it they weigh by their samples, which is exact for no loss but a mean over samples.
   */
  readonly count?: Sym;
};

export type TrainerOptions = {
  /** Shapes of the data fed at every step, batch included. */
  readonly inputs: Readonly<Record<string, Shape>>;
  /** Builds the scalar loss. */
  readonly loss: (inputs: Readonly<Record<string, Sym>>, scope: Scope) => Loss;
  readonly optimizer: Optimizer;
  /** Initializes weights and draws dropout masks. */
  readonly seed: number;
  /** Start from these instead; must fit exactly. */
  readonly weights?: NamedTensors;
  /** Multiplies the learning rate of a parameter; default 1. */
  readonly learningRateScale?: (name: string) => number;
  /** Parameters that keep their value; default none. */
  readonly frozen?: (name: string) => boolean;
  /**
   * Samples that are computed at once; the gradients of a step are summed over its micro-batches before the update, in the memory of
   * one. Default: the whole batch. See `Trainer.deviations` for what then differs.
   */
  readonly microBatch?: number;
  readonly threads?: number;
  /** Bytes that the step may take; default `readMemoryLimit()`. */
  readonly memoryLimit?: number;
  /** Default: that of `runOnEngine`, else ONNX Runtime. */
  readonly engine?: Engine;
};

export type StepResult = {
  readonly loss: number;
  readonly outputs: Readonly<Record<string, Float32Array>>;
};

/** Numbers by the name of a program's input or result. */
export type Buffers = Record<string, Float32Array>;

export type StepCall = {
  readonly feeds: Readonly<Buffers>;
  /** Weights and optimizer state before the step. */
  readonly current: Readonly<Buffers>;
  /** Where those that the step replaces go. */
  readonly next: Readonly<Buffers>;
  /** Steps taken before. */
  readonly steps: number;
  readonly scalars: StepScalars;
};

export type Stepper = {
  readonly declarations: ReadonlyMap<string, Declaration>;
  /** The trained ones as they are fed and replaced: one vector for each unit, and as many for its slots. */
  readonly units: readonly Unit[];
  /** What a step replaces, by input name: units' weights and slots, running statistics. */
  readonly replaced: readonly string[];
  /** The program with the gradients. */
  readonly program: Program;
  readonly memory: MemoryPrediction;
  readonly deviations: readonly string[];
  /** Writes `next`; the caller looks at the loss before it takes it over. */
  readonly run: (call: StepCall) => Promise<StepResult>;
  readonly dispose: () => Promise<void>;
};

export const weightKey = (name: string): string => `weight/${name}`;
export const slotKey = (slot: string, name: string): string => `slot/${slot}/${name}`;
export const scalarKey = (name: string): string => `scalar/${name}`;
export const maskKey = (index: number): string => `mask/${index}`;
export const resultKey = (name: string): string => `result/${name}`;

/** A dropout mask to draw. */
export type Mask = { readonly shape: Shape; readonly rate: number };

/** The masks of a step; they depend on the seed, their place and the step alone. */
export function drawMasks(masks: readonly Mask[], seed: number, step: number): Buffers {
  return Object.fromEntries(
    masks.map(({ shape, rate }, index) => {
      const random = createRandom(seed, 'dropout', index, step);
      const kept = 1 / (1 - rate);
      const draw = () => (random.next() < rate ? 0 : kept);
      return [maskKey(index), Float32Array.from({ length: sizeOf(shape) }, draw)];
    }),
  );
}

/** Scalars as a program is fed them. */
export function feedScalars(scalars: StepScalars): Buffers {
  return Object.fromEntries(
    Object.entries(scalars).map(([name, value]) => [scalarKey(name), Float32Array.of(value)]),
  );
}

/** How sessions of a training are compiled. */
export function sessionOptionsOf({ threads, engine }: TrainerOptions) {
  return {
    weights: 'trained',
    ...(threads === undefined ? {} : { threads }),
    ...(engine === undefined ? {} : { engine }),
  } as const;
}
