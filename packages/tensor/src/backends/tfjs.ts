/**
 * TensorFlow.js: a program is evaluated operation by operation. An independent second opinion on every number, and the way to
 * TensorFlow's native kernels where its Node packages are installed.
 */
import { createRequire } from 'node:module';
import type { Program } from '../ir/program.ts';
import { inputShapes, type Session, takeFeed } from './session.ts';

/** Where TensorFlow.js computes. */
type TfjsBackend = 'tensorflow' | 'wasm' | 'cpu';

/** A package that brings a backend. */
export type TfjsPackage = {
  readonly name: string;
  readonly backend: TfjsBackend;
  readonly device: string;
  readonly load: () => Promise<unknown>;
};

const gpu = '@tensorflow/tfjs-node-gpu';
const native = '@tensorflow/tfjs-node';

/** Best first. The first two are optional: they need TensorFlow's native library. */
export const tfjsPackages = [
  { name: gpu, backend: 'tensorflow', device: 'gpu', load: () => import(gpu) },
  { name: native, backend: 'tensorflow', device: 'cpu', load: () => import(native) },
  {
    name: '@tensorflow/tfjs-backend-wasm',
    backend: 'wasm',
    device: 'wasm',
    load: () => import('@tensorflow/tfjs-backend-wasm'),
  },
  {
    name: '@tensorflow/tfjs-backend-cpu',
    backend: 'cpu',
    device: 'js',
    load: () => import('@tensorflow/tfjs-backend-cpu'),
  },
] as const satisfies readonly TfjsPackage[];

/** The best package that is installed; nothing is loaded. */
export function findTfjsPackage(isInstalled = isResolvable): TfjsPackage {
  const found = tfjsPackages.find(({ name }) => isInstalled(name));
  if (found === undefined) throw new Error('internal: @tensorflow/tfjs-backend-cpu is missing');
  return found;
}

/** Whether a package can be imported from here. */
export function isResolvable(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Prepares a program for the backend of a package. */
export async function createTfjsSession(program: Program, from: TfjsPackage): Promise<Session> {
  const { runEager } = await import('../tfjs/run-eager.ts');
  const activate = await loadBackend(from);
  const shapes = inputShapes(program);
  return {
    async run(feeds, into = {}) {
      const fed = Object.fromEntries(
        [...shapes].map(([name, shape]) => [name, takeFeed(feeds, name, shape)]),
      );
      await activate();
      const results = runEager(program, fed);
      for (const [name, data] of Object.entries(results)) {
        into[name]?.set(data);
        results[name] = into[name] ?? data;
      }
      return results;
    },
    dispose: async () => {},
  };
}

/** Loads a package once; the result makes its backend the current one, which a process may do for several in turn. */
async function loadBackend({ name, backend, load }: TfjsPackage): Promise<() => Promise<void>> {
  const { enableProdMode, getBackend, setBackend } = await import('@tensorflow/tfjs-core');
  enableProdMode(); // the only place that silences TensorFlow.js's advertisement for its Node packages
  await load();
  return async () => {
    if (getBackend() === backend) return;
    if (!(await setBackend(backend)))
      throw new Error(`${name}: expected a working backend, got none; try --engine ort`);
  };
}
