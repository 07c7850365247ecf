/** NaN, infinities, both zeros and numbers at the ends of the range, and tensors without elements, on every engine. */
import { describe, expect, test } from 'vitest';
import { ShapeError } from '../errors.ts';
import type { OpName } from '../ir/op.ts';
import { createRecorder, type Program, recordInto } from '../ir/program.ts';
import { add, indicator } from '../ops/elementwise.ts';
import { type Shape, sizeOf } from '../shape.ts';
import { type OpCase, opCases } from '../testing/op-cases.ts';
import { traceProgram } from '../testing/trace.ts';
import { type Engine, openEngine, openTfjs } from './engine.ts';
import { tfjsPackages } from './tfjs.ts';

const [, , wasm, cpu] = tfjsPackages;
const engines = { ort: openEngine('ort'), 'tfjs cpu': openTfjs(cpu), 'tfjs wasm': openTfjs(wasm) };

type Elementwise = (a: number, b: number) => number;

/** What IEEE 754 and the operations' comments say, in double precision; rounded to float32 by the test. */
const definitions = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  maximum: Math.max,
  minimum: Math.min,
  greater: (a, b) => Number(a > b),
  greaterEqual: (a, b) => Number(a >= b),
  equal: (a, b) => Number(a === b),
  neg: (a) => -a,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: (a) => Math.sign(a),
  relu: (a) => (a > 0 || Number.isNaN(a) ? a : 0),
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  softplus: (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
} as const satisfies { readonly [K in OpName]?: Elementwise };
type Defined = keyof typeof definitions;

const numbers = [
  Number.NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1,
  -1,
  0.5,
  -2.5,
  88,
  -88,
  1e38,
  -1e38,
  1e-30,
];
const pairs = numbers.flatMap((a) => numbers.map((b) => [a, b] as const));
const isBinary = new Set<OpName>([
  'add',
  'sub',
  'mul',
  'div',
  'maximum',
  'minimum',
  'greater',
  'greaterEqual',
  'equal',
]);

async function compute(engine: Engine, op: Defined): Promise<Float32Array> {
  const shape = [pairs.length];
  const program = traceProgram({ a: shape, b: shape }, ({ a, b }) => {
    const y = a!.recorder.record(op, {} as never, isBinary.has(op) ? [a!, b!] : [a!]); // none has parameters
    return { y: y.dtype === 'bool' ? indicator(y) : y, b: add(b!, 0) };
  });
  const session = await engine.createSession(program, { weights: 'trained', threads: 1 });
  const feeds = {
    a: Float32Array.from(pairs, ([a]) => a),
    b: Float32Array.from(pairs, ([, b]) => b),
  };
  const { y } = await session.run(feeds);
  await session.dispose();
  return y!;
}

/** Every case whose first input may have no entries along its first axis. */
const emptyPrograms = Object.entries(opCases).flatMap(([op, check]) =>
  'length' in check
    ? check.flatMap((single, i) => {
        const shapes = single.shapes.map((shape, k) =>
          k === 0 && shape.length > 1 ? shape.with(0, 0) : shape,
        );
        const program = traceEmpty(single, shapes);
        return program === undefined || !shapes.some((shape) => shape.includes(0))
          ? []
          : [{ title: `${op} ${i}`, program, shapes }];
      })
    : [],
);

/** The program for these shapes; undefined where they are refused. */
function traceEmpty({ build }: OpCase, shapes: readonly Shape[]): Program | undefined {
  const recorder = createRecorder();
  try {
    const inputs = shapes.map((shape, i) => recorder.record('input', { name: `x${i}`, shape }, []));
    const y = recordInto(recorder, () => build(...inputs));
    return { nodes: recorder.nodes, outputs: { y: y.id } };
  } catch (error) {
    if (error instanceof ShapeError) return undefined;
    throw error;
  }
}

/** Where an engine refuses; nothing of ours comes to this. */
const emptySkips: Readonly<Record<string, string>> = {
  'ort matmul 1': "ONNX Runtime's MatMul does not broadcast 1 to 5 beside an axis of 0",
  'ort scatterAdd 1': "ONNX Runtime's Expand leaves an axis of 1 where 0 is asked for",
};

describe.each(Object.entries(engines))('%s', (name, engine) => {
  test.each(Object.keys(definitions) as Defined[])(
    '[T20] %s is that of IEEE 754 for NaN, infinities, zeros and the ends of the range',
    async (op) => {
      const got = await compute(engine, op);
      const differing = pairs.flatMap(([a, b], i) => {
        const expected = Math.fround(
          (definitions[op] as Elementwise)(Math.fround(a), Math.fround(b)),
        );
        const isNear = Math.abs(got[i]! - expected) <= 2e-6 * Math.abs(expected) + 1e-37;
        return Object.is(got[i], expected) || got[i] === expected || isNear
          ? []
          : [`${op}(${a}, ${b}): expected ${expected}, got ${got[i]}`];
      });
      expect(differing).toEqual([]);
    },
  );

  test.for(emptyPrograms)(
    '[T21] $title of a batch of no images',
    async ({ title, program, shapes }, { skip }) => {
      const reason = emptySkips[`${name} ${title}`];
      if (reason !== undefined) skip(reason);
      const session = await engine.createSession(program, { weights: 'trained', threads: 1 });
      const feeds = shapes.map((shape, i) => [`x${i}`, new Float32Array(sizeOf(shape)).fill(0.5)]);
      const { y } = await session.run(Object.fromEntries(feeds));
      await session.dispose();

      expect(y).toEqual(new Float32Array(sizeOf(program.nodes[program.outputs.y!]!.shape)));
    },
  );
});
