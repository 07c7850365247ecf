/** Inference: weights are constants of the program, batch normalization is folded, dropout is gone. */
import { createSession, type Engine } from './backends/engine.ts';
import { createRecorder, type Program, recordInto, type Sym } from './ir/program.ts';
import { toOnnx } from './lower/to-onnx.ts';
import { assertFitsMemory } from './memory/memory-limit.ts';
import type { MemoryPrediction } from './memory/predict-memory.ts';
import { createScope, type Scope } from './model/scope.ts';
import { assertWeightsFit, type NamedTensors } from './model/weights.ts';
import { optimizeProgram } from './passes/optimize.ts';
import { initialize } from './random/init.ts';
import type { Shape } from './shape.ts';

/** A model as a function of its inputs and a scope. */
export type Forward = (
  inputs: Readonly<Record<string, Sym>>,
  scope: Scope,
) => Readonly<Record<string, Sym>>;

export type PredictorOptions = {
  readonly inputs: Readonly<Record<string, Shape>>;
  readonly forward: Forward;
  /** Must fit exactly. */
  readonly weights: NamedTensors;
  readonly threads?: number;
  /** Bytes that the network may take; default `readMemoryLimit()`. */
  readonly memoryLimit?: number;
  /** Default: that of `runOnEngine`, else ONNX Runtime. */
  readonly engine?: Engine;
};

/** A compiled network. It owns a session: dispose it. */
export type Predictor = {
  predict(feeds: Readonly<Record<string, Float32Array>>): Promise<Record<string, Float32Array>>;
  readonly program: Program;
  /** What the process was predicted to grow by. */
  readonly memory: MemoryPrediction;
  dispose(): Promise<void>;
};

/**
 * Compiles a network with its weights.
 *
 * @throws {WeightsError} if they do not fit the network.
 * @throws {MemoryError} before it compiles, if the network would not fit into memory.
 */
export async function createPredictor({
  inputs,
  forward,
  weights,
  threads,
  memoryLimit,
  engine,
}: PredictorOptions): Promise<Predictor> {
  assertWeightsFit(weights, declareWeights(forward, inputs));
  const retrace = (shapes: typeof inputs) =>
    optimizeProgram(
      traceForward({ inputs: shapes, forward, weightOf: (name) => weights.get(name)!.data }),
    );
  const program = retrace(inputs);
  const memory = assertFitsMemory({
    program,
    weights: 'constant',
    inputs,
    retrace,
    limit: memoryLimit,
  });
  const session = await createSession(program, {
    weights: 'constant',
    ...(threads === undefined ? {} : { threads }),
    ...(engine === undefined ? {} : { engine }),
  });
  return {
    predict: (feeds) => session.run(feeds),
    program,
    memory,
    dispose: () => session.dispose(),
  };
}

/**
 * Writes a network with its weights as an ONNX file (opset 17) for other programs: inputs and outputs have their names and these shapes.
 *
 * Every weight is an initializer under its own name and nothing is folded, so that the file can be read back to the bit; ONNX Runtime folds
 * when it opens the file.
 * @throws {WeightsError} if the weights do not fit the network.
 */
export function writeOnnx(
  { inputs, forward, weights }: Pick<PredictorOptions, 'inputs' | 'forward' | 'weights'>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  assertWeightsFit(weights, declareWeights(forward, inputs));
  const program = optimizeProgram(traceForward({ inputs, forward, weightOf: undefined }));
  return toOnnx(program, { resultName: (name) => name, metadata, weights });
}

/** The weights a model declares: names and shapes, parameters and buffers. */
export function declareWeights(
  forward: Forward,
  inputs: Readonly<Record<string, Shape>>,
): Map<string, Shape> {
  const declared = new Map<string, Shape>();
  traceForward({
    inputs,
    forward,
    weightOf: (name, shape) => {
      declared.set(name, shape);
      return new Float32Array(shape.reduce((a, b) => a * b, 1));
    },
  });
  return declared;
}

/** Draws the initial weights of a model, as createTrainer does. */
export function initializeWeights(
  forward: Forward,
  inputs: Readonly<Record<string, Shape>>,
  seed: number,
): NamedTensors {
  const weights = new Map<string, { shape: Shape; data: Float32Array }>();
  const recorder = createRecorder();
  const scope = createScope({
    training: false,
    declare: ({ name, shape, init }) => {
      const data = initialize(name, shape, { init, seed });
      weights.set(name, { shape, data });
      return recorder.record('constant', { data, shape }, []);
    },
    ...inferenceOnly,
  });
  recordInto(recorder, () => forward(recordInputs(recorder, inputs), scope));
  return weights;
}

type ForwardTrace = Pick<PredictorOptions, 'inputs' | 'forward'> & {
  /** Undefined: weights stay inputs, by name. */
  readonly weightOf: ((name: string, shape: Shape) => Float32Array) | undefined;
};

function traceForward({ inputs, forward, weightOf }: ForwardTrace): Program {
  const recorder = createRecorder();
  const scope = createScope({
    training: false,
    declare: ({ name, shape }) =>
      weightOf === undefined
        ? recorder.record('input', { name, shape }, [])
        : recorder.record('constant', { data: weightOf(name, shape), shape }, []),
    ...inferenceOnly,
  });
  const outputs = recordInto(recorder, () => forward(recordInputs(recorder, inputs), scope));
  const ids = Object.entries(outputs).map(([name, sym]) => [name, sym.id]);
  return { nodes: recorder.nodes, outputs: Object.fromEntries(ids) };
}

const inferenceOnly = {
  update: (name: string): never => {
    throw new Error(`internal: ${name} updated outside training`);
  },
  dropoutMask: (): never => {
    throw new Error('internal: dropout outside training');
  },
};

function recordInputs(
  recorder: ReturnType<typeof createRecorder>,
  inputs: Readonly<Record<string, Shape>>,
): Record<string, Sym> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => [
      name,
      recorder.record('input', { name, shape }, []),
    ]),
  );
}
