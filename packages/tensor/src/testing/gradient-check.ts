/** Compares gradients with central differences. */

import { createRandom } from '@radiograph/statistics';
import { gradients } from '../autodiff/gradients.ts';
import { createSession, type Engine } from '../backends/engine.ts';
import type { Session } from '../backends/session.ts';
import { createRecorder, type Program, recordInto } from '../ir/program.ts';
import { constant, mul } from '../ops/elementwise.ts';
import { sum } from '../ops/reduce.ts';
import { optimizeProgram } from '../passes/optimize.ts';
import { sizeOf } from '../shape.ts';
import type { OpCase } from './op-cases.ts';

type Feeds = Record<string, Float32Array>;

/** Results `y`, `loss` (a random linear functional of y, so that every entry enters) and `g0`, `g1`, ... per input `x0`, `x1`, ... */
export function traceCase({ shapes, build }: OpCase): Program {
  const recorder = createRecorder();
  const inputs = shapes.map((shape, i) => recorder.record('input', { name: `x${i}`, shape }, []));
  const y = recordInto(recorder, () => build(...inputs));
  const random = createRandom(7, 'functional');
  const weights = Float32Array.from({ length: sizeOf(y.shape) }, () => 2 * random.next() - 1);
  const loss = recordInto(recorder, () => sum(mul(y, constant(weights, y.shape))));
  const gradient = gradients(loss, inputs).map(({ id }, i) => [`g${i}`, id] as const);
  const outputs = { y: y.id, loss: loss.id, ...Object.fromEntries(gradient) };
  return { nodes: recorder.nodes, outputs };
}

/** A session of `traceCase`. */
export function compileCase(check: OpCase, engine?: Engine): Promise<Session> {
  return compile(traceCase(check), engine);
}

function compile(program: Program, engine: Engine | undefined): Promise<Session> {
  const options = engine === undefined ? {} : { engine };
  return createSession(optimizeProgram(program), { weights: 'constant', threads: 1, ...options });
}

/** Seeded inputs of a case. */
export function drawFeeds({ shapes, low = -1, high = 1 }: OpCase): Feeds {
  const random = createRandom(11, 'inputs');
  const draw = () => low + (high - low) * random.next();
  const entries = shapes.map((shape, i) => [
    `x${i}`,
    Float32Array.from({ length: sizeOf(shape) }, draw),
  ]);
  return Object.fromEntries(entries);
}

const delta = 1e-2;

/** The largest difference between an entry of a gradient and its central difference, relative to the largest entry or 1. */
export async function measureGradientError(check: OpCase, engine: Engine): Promise<number> {
  const program = traceCase(check);
  const whole = await compile(program, engine);
  const short = await compile({ ...program, outputs: { loss: program.outputs.loss! } }, engine);
  const feeds = drawFeeds(check);
  const exact = await whole.run(feeds);
  const lossAt = async (name: string, index: number, value: number) => {
    const moved = feeds[name]!.slice();
    moved[index] = value;
    return (await short.run({ ...feeds, [name]: moved })).loss![0]!;
  };
  let largest = 0;
  for (const [i] of check.shapes.entries()) {
    const name = `x${i}`;
    const gradient = exact[`g${i}`]!;
    const scale = Math.max(1, ...gradient.map(Math.abs));
    for (const [index, value] of feeds[name]!.entries()) {
      const ahead = await lossAt(name, index, value + delta);
      const difference = (ahead - (await lossAt(name, index, value - delta))) / (2 * delta);
      largest = Math.max(largest, Math.abs(difference - gradient[index]!) / scale);
    }
  }
  await Promise.all([whole.dispose(), short.dispose()]);
  return largest;
}
