/** Small programs for tests: trace, run once, compare. */

import { createRandom } from '@radiograph/statistics';
import { createSession } from '../backends/engine.ts';
import { createRecorder, type Program, recordInto, type Sym } from '../ir/program.ts';
import { type Shape, sizeOf } from '../shape.ts';

type Inputs = Readonly<Record<string, Shape>>;
type Build = (inputs: Readonly<Record<string, Sym>>) => Readonly<Record<string, Sym>>;

/** Records a function of named inputs; no pass runs. */
export function traceProgram(inputs: Inputs, build: Build): Program {
  const recorder = createRecorder();
  const fed = Object.entries(inputs).map(
    ([name, shape]) => [name, recorder.record('input', { name, shape }, [])] as const,
  );
  const outputs = recordInto(recorder, () => build(Object.fromEntries(fed)));
  const ids = Object.entries(outputs).map(([name, { id }]) => [name, id]);
  return { nodes: recorder.nodes, outputs: Object.fromEntries(ids) };
}

/** Compiles a program as it is and runs it once; lists are row-major. */
export async function runProgram(
  program: Program,
  feeds: Readonly<Record<string, ArrayLike<number>>>,
): Promise<Record<string, Float32Array>> {
  const session = await createSession(program, { weights: 'constant', threads: 1 });
  const fed = Object.entries(feeds).map(([name, data]) => [name, Float32Array.from(data)]);
  const results = await session.run(Object.fromEntries(fed));
  await session.dispose();
  return results;
}

/** Uniform numbers in [-1, 1) of a name. */
export function seededValues(shape: Shape, name: string): Float32Array {
  const random = createRandom(3, 'test', name);
  return Float32Array.from({ length: sizeOf(shape) }, () => 2 * random.next() - 1);
}

/** The largest |a - b|; infinite where lengths differ. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}
