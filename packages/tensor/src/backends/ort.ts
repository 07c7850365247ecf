/** The default engine: a program becomes one ONNX Runtime session. onnxruntime-node is loaded with the first session. */

import type { Program } from '../ir/program.ts';
import { type Kernels, kernelsOf, type Provider } from '../lower/kernels.ts';
import { outputName, toOnnx } from '../lower/to-onnx.ts';
import type { Shape } from '../shape.ts';
import { inputShapes, type Session, type SessionOptions, takeFeed } from './session.ts';

const slowOptimizers = { constant: '', trained: 'CommonSubexpressionElimination' } as const;

/** Compiles a program. Float32 results only. */
export async function createOrtSession(
  program: Program,
  { threads, weights, profilePrefix }: SessionOptions,
  provider: Provider,
  kernels: Kernels = kernelsOf[provider],
): Promise<Session> {
  const ort = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(toOnnx(program, { kernels }), {
    executionProviders: [provider],
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(profilePrefix === undefined
      ? {}
      : { enableProfiling: true, profileFilePrefix: profilePrefix }),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: weights === 'constant' ? 'all' : 'extended',
    logSeverityLevel: 3,
    // A pattern's one block comes on top of the arena of the first step, and makes no step faster.
    enableMemPattern: weights === 'constant',
    extra: {
      // A spinning pool wins nothing on long kernels and starves whatever else the machine does.
      session: { intra_op: { allow_spinning: '0' } },
      // `shareEqual` has shared what pays; ONNX Runtime's search takes half the compile time of a large training step.
      optimization: { disable_specified_optimizers: slowOptimizers[weights] },
    },
  });
  const shapes = inputShapes(program);
  const tensor = (data: Float32Array, shape: Shape) => new ort.Tensor('float32', data, shape);
  return {
    async run(feeds, into = {}) {
      const fed = Object.fromEntries(
        [...shapes].map(([name, shape]) => [name, tensor(takeFeed(feeds, name, shape), shape)]),
      );
      const fetches = Object.fromEntries(
        Object.entries(program.outputs).map(([name, id]) => {
          const buffer = into[name];
          return [
            outputName(name),
            buffer === undefined ? null : tensor(buffer, program.nodes[id]!.shape),
          ];
        }),
      );
      const results = await session.run(fed, fetches);
      // Every output of our programs is float32 (bool results are not fetched).
      const read = (name: string) => results[outputName(name)]!.data as Float32Array;
      return Object.fromEntries(
        Object.keys(program.outputs).map((name) => [name, into[name] ?? read(name)]),
      );
    },
    async dispose() {
      if (profilePrefix !== undefined) session.endProfiling();
      await session.release();
    },
  };
}
