/** Engines: who computes programs. One is chosen per run, with everything that the run's code calls. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { EngineError } from '../errors.ts';
import { createRecorder, type Program } from '../ir/program.ts';
import type { Provider } from '../lower/kernels.ts';
import { createOrtSession } from './ort.ts';
import type { Session, SessionOptions } from './session.ts';
import { createTfjsSession, findTfjsPackage, type TfjsPackage } from './tfjs.ts';

/** Every engine by name, default first. */
export const engineNames = ['ort', 'ort-webgpu', 'ort-cuda', 'tfjs'] as const;
export type EngineName = (typeof engineNames)[number];

/** None; the one that WebGPU picks; or those that CUDA_VISIBLE_DEVICES allows. */
export type Accelerator = 'none' | 'webgpu' | 'cuda';

export type Engine = {
  readonly name: EngineName;
  /** Engine, backend and precision: what numbers depend on, besides the program. */
  readonly numerics: string;
  /** For people: which package computes. */
  readonly description: string;
  /** What a machine must have for it. */
  readonly needs: string;
  /** Which accelerators it computes on, each of which one process at a time should have. */
  readonly accelerator: Accelerator;
  createSession(program: Program, options: SessionOptions): Promise<Session>;
};

/** An engine on the best backend that is installed. Loads nothing; the first session does. */
export function openEngine(name: EngineName): Engine {
  return name === 'tfjs' ? openTfjs(findTfjsPackage()) : ortEngines[name];
}

/** ONNX Runtime on one of its providers, on a device, which needs something of the machine. */
const onOrt = (
  name: EngineName,
  provider: Provider,
  [device, needs]: [string, string],
): Engine => ({
  name,
  numerics: `ort ${provider} float32`,
  description: `ONNX Runtime on ${device} (onnxruntime-node)`,
  needs,
  accelerator: provider === 'cpu' ? 'none' : provider,
  createSession: (program, options) => createOrtSession(program, options, provider),
});

// The package's own script: npm runs none that package.json does not allow.
const cudaLibrary =
  "`ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js` in Radiograph's folder";
const ortEngines: { readonly [N in Exclude<EngineName, 'tfjs'>]: Engine } = {
  ort: onOrt('ort', 'cpu', ['the CPU', 'a build of onnxruntime-node for this machine']),
  'ort-webgpu': onOrt('ort-webgpu', 'webgpu', [
    'a GPU by WebGPU',
    'a GPU with a driver for Vulkan, Metal or Direct3D 12',
  ]),
  'ort-cuda': onOrt('ort-cuda', 'cuda', [
    'a GPU by CUDA',
    `an NVIDIA GPU, CUDA 12, cuDNN 9, and what ${cudaLibrary} downloads`,
  ]),
};

/** TensorFlow.js on the backend of a package. */
export function openTfjs(from: TfjsPackage): Engine {
  return {
    name: 'tfjs',
    numerics: `tfjs ${from.backend} ${from.device} float32`,
    description: `TensorFlow.js on ${from.backend} (${from.name})`,
    needs: `a working ${from.name}`,
    accelerator: from.device === 'gpu' ? 'cuda' : 'none',
    createSession: (program) => createTfjsSession(program, from),
  };
}

const chosen = new AsyncLocalStorage<Engine>();

/** Runs work whose trainers and predictors, unless they name an engine, compute on this one. */
export function runOnEngine<T>(engine: Engine, work: () => T): T {
  return chosen.run(engine, work);
}

/** Compiles a program for an engine, else for the one of `runOnEngine`, else for ONNX Runtime. */
export function createSession(
  program: Program,
  {
    engine = chosen.getStore() ?? ortEngines.ort,
    ...options
  }: SessionOptions & { readonly engine?: Engine },
): Promise<Session> {
  return engine.createSession(program, options);
}

/**
 * Computes one number, so that an engine that cannot compute here says so before any work is done.
 *
 * @throws {EngineError} where its device, its driver or its library is missing.
 */
export async function probeEngine({ name, needs, createSession }: Engine): Promise<void> {
  const recorder = createRecorder();
  const { id } = recorder.record('input', { name: 'x', shape: [1] }, []);
  const program = { nodes: recorder.nodes, outputs: { y: id } };
  try {
    const session = await createSession(program, { weights: 'trained', threads: 1 });
    await session.run({ x: Float32Array.of(0) });
    await session.dispose();
  } catch (error) {
    // ONNX Runtime puts its own source line and condition before what a person can use.
    const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
    throw new EngineError(
      `engine ${name}: expected ${needs}, got: ${line.replace(/^.* was false\. /, '')}; \`radiograph doctor\` lists the engines that compute here`,
      { cause: error },
    );
  }
}
