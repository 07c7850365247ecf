/** Engines: who computes programs. One is chosen per run, with everything that the run's code calls. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Program } from '../ir/program.ts';
import { createOrtSession } from './ort.ts';
import type { Session, SessionOptions } from './session.ts';
import { createTfjsSession, findTfjsPackage, type TfjsPackage } from './tfjs.ts';

/** Every engine by name, default first. */
export const engineNames = ['ort', 'tfjs'] as const;
export type EngineName = (typeof engineNames)[number];

export type Engine = {
  readonly name: EngineName;
  /** Engine, backend and precision: what numbers depend on, besides the program. */
  readonly numerics: string;
  /** For people: which package computes. */
  readonly description: string;
  /** Whether it computes on an accelerator, which one process at a time should have. */
  readonly isAccelerated: boolean;
  createSession(program: Program, options: SessionOptions): Promise<Session>;
};

/** An engine on the best backend that is installed. Loads nothing; the first session does. */
export function openEngine(name: EngineName): Engine {
  return name === 'ort' ? ort : openTfjs(findTfjsPackage());
}

const ort: Engine = {
  name: 'ort',
  numerics: 'ort cpu float32',
  description: 'ONNX Runtime on the CPU (onnxruntime-node)',
  isAccelerated: false,
  createSession: createOrtSession,
};

/** TensorFlow.js on the backend of a package. */
export function openTfjs(from: TfjsPackage): Engine {
  return {
    name: 'tfjs',
    numerics: `tfjs ${from.backend} ${from.device} float32`,
    description: `TensorFlow.js on ${from.backend} (${from.name})`,
    isAccelerated: from.device === 'gpu',
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
  { engine = chosen.getStore() ?? ort, ...options }: SessionOptions & { readonly engine?: Engine },
): Promise<Session> {
  return engine.createSession(program, options);
}
