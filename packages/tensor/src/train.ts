/**
 * Training: a step goes from weights and optimizer state to their next values, which move between two sets of buffers and are
 * never copied.
 */
import { NonFiniteLossError } from './errors.ts';
import type { Program } from './ir/program.ts';
import { batchOf } from './memory/memory-limit.ts';
import type { MemoryPrediction } from './memory/predict-memory.ts';
import type { Declaration } from './model/scope.ts';
import { assertWeightsFit, type NamedTensors } from './model/weights.ts';
import { initialize } from './random/init.ts';
import { type Shape, sizeOf } from './shape.ts';
import { createArrays } from './training/arrays.ts';
import { openMicroSteps } from './training/micro-steps.ts';
import type { Stepper, StepResult, TrainerOptions } from './training/stepper.ts';
import { openWholeStep } from './training/whole-step.ts';

export type { TrainerOptions };

/**
 * Everything that a resumed training needs; plain data, so that `writeSafetensors` (of weights and slots) and JSON (of the step) store it.
 * Whoever holds a state owns its arrays: the trainer copies on the way out and on the way in.
 */
export type TrainerState = {
  /** Optimizer steps taken: the next step's bias correction and dropout masks follow from it. */
  readonly step: number;
  /** Parameters and buffers (running statistics), by PyTorch's names. */
  readonly weights: NamedTensors;
  /** The optimizer's tensors as `slot/<slot>/<parameter>`, of the trained parameters alone. */
  readonly slots: NamedTensors;
};

/** A network in training. It owns a session: dispose it. */
export type Trainer = {
  /** One optimizer step. @throws {NonFiniteLossError} before any weight changes. */
  step(
    feeds: Readonly<Record<string, Float32Array>>,
    options: { readonly learningRate: number },
  ): Promise<StepResult>;
  /** Copies of all parameters and buffers. */
  weights(): NamedTensors;
  /** Copies of weights, optimizer state and step count; `restore` continues from them to the last bit. */
  state(): TrainerState;
  /** Continues from copies of a state. @throws {WeightsError} if it is of another model or optimizer; nothing changes then. */
  restore(state: TrainerState): void;
  /** Trainable numbers. */
  readonly parameterCount: number;
  readonly program: Program;
  /** What the process was predicted to grow by. */
  readonly memory: MemoryPrediction;
  /** Why a step in micro-batches differs from one on the whole batch by more than rounding; empty where it does not. */
  readonly deviations: readonly string[];
  dispose(): Promise<void>;
};

/**
 * Traces, differentiates, compiles and initializes a training step.
 *
 * @throws {MemoryError} before it compiles, if the step would not fit into memory.
 */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const batch = batchOf(options.inputs);
  const { microBatch } = options;
  if (microBatch !== undefined && batch === undefined)
    throw new Error('internal: micro-batches need inputs whose first axis is the samples');
  const isWhole = microBatch === undefined || batch === undefined || microBatch >= batch;
  const stepper = isWhole ? openWholeStep(options) : openMicroSteps(options, batch);
  return openTrainer(options, await stepper);
}

function openTrainer(options: TrainerOptions, stepper: Stepper): Trainer {
  const { declarations } = stepper;
  const arrays = createArrays(stepper, options.optimizer.slots);
  let steps = 0;
  arrays.fill(startingWeights(options, declarations), new Map());

  return {
    async step(feeds, { learningRate }) {
      const scalars = options.optimizer.scalars(steps + 1, learningRate);
      const [current, next] = [arrays.current(), arrays.next()];
      const result = await stepper.run({ feeds, current, next, steps, scalars });
      if (!Number.isFinite(result.loss)) throw new NonFiniteLossError(steps + 1, result.loss);
      arrays.swap();
      steps++;
      return result;
    },
    weights: arrays.weights,
    state: () => ({ step: steps, weights: arrays.weights(), slots: arrays.slots() }),
    restore(state) {
      assertWeightsFit(state.weights, shapesOf(declarations));
      assertWeightsFit(state.slots, arrays.slotShapes);
      steps = state.step;
      arrays.fill(state.weights, state.slots);
    },
    parameterCount: [...declarations.values()].reduce(
      (total, { trainable, shape }) => total + (trainable ? sizeOf(shape) : 0),
      0,
    ),
    program: stepper.program,
    memory: stepper.memory,
    deviations: stepper.deviations,
    dispose: stepper.dispose,
  };
}

function shapesOf(declarations: ReadonlyMap<string, Declaration>): Map<string, Shape> {
  return new Map([...declarations].map(([name, { shape }]) => [name, shape]));
}

function startingWeights(
  { weights, seed }: TrainerOptions,
  declarations: ReadonlyMap<string, Declaration>,
): NamedTensors {
  if (weights !== undefined) {
    assertWeightsFit(weights, shapesOf(declarations));
    return weights;
  }
  const drawn = [...declarations.values()].map(
    ({ name, shape, init }) =>
      [name, { shape, data: initialize(name, shape, { init, seed }) }] as const,
  );
  return new Map(drawn);
}
