/**
 * Training: one program per step. Forward pass, backward pass, optimizer and running statistics are traced together, lowered
 * together and run by one session call; weights and optimizer state move between two sets of buffers and are never copied.
 */
import { gradients } from './autodiff/gradients.ts';
import { createSession, type Engine } from './backends/engine.ts';
import type { Session } from './backends/session.ts';
import { NonFiniteLossError } from './errors.ts';
import { createRecorder, type Program, type Recorder, recordInto, type Sym } from './ir/program.ts';
import { assertFitsMemory } from './memory/memory-limit.ts';
import type { MemoryPrediction } from './memory/predict-memory.ts';
import { createScope, type Declaration, type Scope } from './model/scope.ts';
import { assertWeightsFit, type HostTensor, type NamedTensors } from './model/weights.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import { optimizeProgram } from './passes/optimize.ts';
import { initialize } from './random/init.ts';
import { createRandom } from './random/philox.ts';
import { type Shape, sizeOf } from './shape.ts';

export type TrainerOptions = {
  /** Shapes of the data fed at every step, batch included. */
  readonly inputs: Readonly<Record<string, Shape>>;
  /** Builds the scalar loss; `outputs` come back from every step. */
  readonly loss: (
    inputs: Readonly<Record<string, Sym>>,
    scope: Scope,
  ) => { readonly loss: Sym; readonly outputs?: Readonly<Record<string, Sym>> };
  readonly optimizer: Optimizer;
  /** Initializes weights and draws dropout masks. */
  readonly seed: number;
  /** Start from these instead; must fit exactly. */
  readonly weights?: NamedTensors;
  /** Multiplies the learning rate of a parameter; default 1. */
  readonly learningRateScale?: (name: string) => number;
  /** Parameters that keep their value; default none. */
  readonly frozen?: (name: string) => boolean;
  readonly threads?: number;
  /** Bytes that the step may take; default `readMemoryLimit()`. */
  readonly memoryLimit?: number;
  /** Default: that of `runOnEngine`, else ONNX Runtime. */
  readonly engine?: Engine;
};

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
  dispose(): Promise<void>;
};

export type StepResult = {
  readonly loss: number;
  readonly outputs: Readonly<Record<string, Float32Array>>;
};

type Traced = {
  readonly program: Program;
  readonly declarations: ReadonlyMap<string, Declaration>;
  readonly masks: readonly { readonly shape: Shape; readonly rate: number }[];
  /** Program inputs that the step replaces: weights and slots. */
  readonly replaced: readonly string[];
  readonly slotShapes: ReadonlyMap<string, Shape>;
  readonly resultNames: readonly string[];
};

/**
 * Traces, differentiates, compiles and initializes a training step.
 *
 * @throws {MemoryError} before it compiles, if the step would not fit into memory.
 */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const traced = traceStep(options);
  const memory = assertFitsMemory({
    program: traced.program,
    weights: 'trained',
    inputs: options.inputs,
    retrace: (inputs) => traceStep({ ...options, inputs }).program,
    limit: options.memoryLimit,
  });
  const session = await createSession(traced.program, {
    weights: 'trained',
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.engine === undefined ? {} : { engine: options.engine }),
  });
  return openTrainer(options, { ...traced, memory }, session);
}

function traceStep(options: TrainerOptions): Traced {
  const recorder = createRecorder();
  const declarations = new Map<string, Declaration>();
  const syms = new Map<string, Sym>();
  const updates = new Map<string, Sym>();
  const masks: { shape: Shape; rate: number }[] = [];
  const input = (name: string, shape: Shape) => recorder.record('input', { name, shape }, []);
  const scope = createScope({
    training: true,
    declare: (declaration) => {
      declarations.set(declaration.name, declaration);
      const sym = input(weightKey(declaration.name), declaration.shape);
      syms.set(declaration.name, sym);
      return sym;
    },
    update: (name, value) => void updates.set(weightKey(name), value),
    dropoutMask: (shape, rate) => {
      masks.push({ shape, rate });
      return input(maskKey(masks.length - 1), shape);
    },
  });
  const fed = Object.fromEntries(
    Object.entries(options.inputs).map(([name, shape]) => [name, input(name, shape)]),
  );
  const { loss, outputs = {} } = recordInto(recorder, () => options.loss(fed, scope));
  const trained = [...declarations.values()].filter(
    ({ name, trainable }) => trainable && !options.frozen?.(name),
  );
  const slotShapes = traceUpdates({ options, recorder, loss, trained, syms, updates });
  const results: Record<string, Sym> = { loss };
  for (const [name, sym] of Object.entries(outputs)) results[`result/${name}`] = sym;
  for (const [name, sym] of updates) results[name] = sym;
  const ids = Object.entries(results).map(([name, sym]) => [name, sym.id]);
  const program = optimizeProgram({ nodes: recorder.nodes, outputs: Object.fromEntries(ids) });
  return {
    program,
    declarations,
    masks,
    replaced: [...updates.keys()],
    slotShapes,
    resultNames: Object.keys(outputs),
  };
}

type UpdateTrace = {
  readonly options: TrainerOptions;
  readonly recorder: Recorder;
  readonly loss: Sym;
  readonly trained: readonly Declaration[];
  readonly syms: ReadonlyMap<string, Sym>;
  readonly updates: Map<string, Sym>;
};

/** Appends gradients and optimizer; returns the shapes of the optimizer's state by input name. */
function traceUpdates({
  options,
  recorder,
  loss,
  trained,
  syms,
  updates,
}: UpdateTrace): Map<string, Shape> {
  const { optimizer } = options;
  const slotShapes = new Map<string, Shape>();
  const input = (name: string, shape: Shape) => recorder.record('input', { name, shape }, []);
  const scalarNames = Object.keys(optimizer.scalars(1, 1));
  const scalars = Object.fromEntries(scalarNames.map((name) => [name, input(scalarKey(name), [])]));
  const parameters = trained.map(({ name }) => syms.get(name)!);
  gradients(loss, parameters).forEach((gradient, index) => {
    const { name, shape } = trained[index]!;
    const slots = Object.fromEntries(
      optimizer.slots.map((slot) => [slot, input(slotKey(slot, name), shape)]),
    );
    for (const slot of optimizer.slots) slotShapes.set(slotKey(slot, name), shape);
    const scale = options.learningRateScale?.(name) ?? 1;
    const next = optimizer.update({
      parameter: parameters[index]!,
      gradient,
      slots,
      scalars,
      scale,
    });
    updates.set(weightKey(name), next.parameter);
    for (const [slot, sym] of Object.entries(next.slots)) updates.set(slotKey(slot, name), sym);
  });
  return slotShapes;
}

const weightKey = (name: string): string => `weight/${name}`;
const slotKey = (slot: string, name: string): string => `slot/${slot}/${name}`;
const scalarKey = (name: string): string => `scalar/${name}`;
const maskKey = (index: number): string => `mask/${index}`;

type Buffers = Record<string, Float32Array>;

function openTrainer(
  options: TrainerOptions,
  traced: Traced & Pick<Trainer, 'memory'>,
  session: Session,
): Trainer {
  const { declarations, slotShapes } = traced;
  let steps = 0;
  let current: Buffers = {};
  let next: Buffers = {};
  const fill = (weights: NamedTensors, slots: NamedTensors): void => {
    current = {};
    for (const name of declarations.keys())
      current[weightKey(name)] = weights.get(name)!.data.slice();
    for (const [key, shape] of slotShapes)
      current[key] = slots.get(key)?.data.slice() ?? new Float32Array(sizeOf(shape));
    next = Object.fromEntries(
      traced.replaced.map((key) => [key, new Float32Array(current[key]!.length)]),
    );
  };
  const copy = (key: string, shape: Shape): HostTensor => ({ shape, data: current[key]!.slice() });
  const weights = (): NamedTensors =>
    new Map([...declarations].map(([name, { shape }]) => [name, copy(weightKey(name), shape)]));
  fill(startingWeights(options, declarations), new Map());

  return {
    async step(feeds, { learningRate }) {
      const scalars = Object.entries(options.optimizer.scalars(steps + 1, learningRate));
      const fed = { ...feeds, ...current, ...drawMasks(traced.masks, options.seed, steps) };
      for (const [name, value] of scalars) fed[scalarKey(name)] = Float32Array.of(value);
      const results = await session.run(fed, next);
      const loss = results.loss![0]!;
      if (!Number.isFinite(loss)) throw new NonFiniteLossError(steps + 1, loss);
      [current, next] = [
        { ...current, ...next },
        Object.fromEntries(traced.replaced.map((key) => [key, current[key]!])),
      ];
      steps++;
      return {
        loss,
        outputs: Object.fromEntries(
          traced.resultNames.map((name) => [name, results[`result/${name}`]!]),
        ),
      };
    },
    weights,
    state: () => ({
      step: steps,
      weights: weights(),
      slots: new Map([...slotShapes].map(([key, shape]) => [key, copy(key, shape)])),
    }),
    restore(state) {
      assertWeightsFit(state.weights, shapesOf(declarations));
      assertWeightsFit(state.slots, slotShapes);
      steps = state.step;
      fill(state.weights, state.slots);
    },
    parameterCount: [...declarations.values()].reduce(
      (total, { trainable, shape }) => total + (trainable ? sizeOf(shape) : 0),
      0,
    ),
    program: traced.program,
    memory: traced.memory,
    dispose: () => session.dispose(),
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

function drawMasks(masks: Traced['masks'], seed: number, step: number): Buffers {
  return Object.fromEntries(
    masks.map(({ shape, rate }, index) => {
      const random = createRandom(seed, 'dropout', index, step);
      const kept = 1 / (1 - rate);
      return [
        maskKey(index),
        Float32Array.from({ length: sizeOf(shape) }, () => (random.next() < rate ? 0 : kept)),
      ];
    }),
  );
}
