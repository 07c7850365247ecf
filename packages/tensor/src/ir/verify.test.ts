import { describe, expect, test } from 'vitest';
import { add, constant, greater, mul, where } from '../ops/elementwise.ts';
import { sum } from '../ops/reduce.ts';
import { traceProgram } from '../testing/trace.ts';
import type { Node, Program } from './program.ts';
import { verifyProgram } from './verify.ts';

const legal = traceProgram({ x: [2], y: [2] }, ({ x, y }) => ({ z: sum(add(x!, mul(x!, y!))) }));

/** The legal program with one node altered; broken on purpose, so the union's pairing of op and params may not hold. */
function alter(index: number, change: Partial<Record<keyof Node, unknown>>): Program {
  const nodes = legal.nodes.map((node, i) => (i === index ? { ...node, ...change } : node));
  return { ...legal, nodes: nodes as Node[] };
}

const broken: { readonly [title: string]: readonly [Program, string] } = {
  'an id out of order': [alter(2, { id: 5 }), 'expected id 2, got 5 at %5: float32[2] = mul %0 %1'],
  'an input that comes later': [
    alter(2, { inputs: [0, 3] }),
    'expected inputs before %2, got %3 at %2: float32[2] = mul %0 %3',
  ],
  'an operation on itself': [alter(2, { inputs: [2, 0] }), 'expected inputs before %2, got %2'],
  'an input that does not exist': [
    alter(2, { inputs: [-1, 0] }),
    'expected inputs before %2, got %-1',
  ],
  'a wrong shape': [
    alter(2, { shape: [3] }),
    'expected shape [2], got [3] at %2: float32[3] = mul %0 %1',
  ],
  'a wrong type': [alter(2, { dtype: 'bool' }), 'expected float32, got bool'],
  'inputs that do not fit': [
    alter(1, { params: { name: 'y', shape: [3] }, shape: [3] }),
    'mul: expected shapes that broadcast, got [2] and [3] at %2',
  ],
  'a missing input': [alter(2, { inputs: [0] }), 'mul: expected 2 inputs, got 1 at %2'],
  'two inputs of one name': [
    alter(1, { params: { name: 'x', shape: [2] } }),
    'expected unique input names, got x twice',
  ],
  'a result that does not exist': [
    { ...legal, outputs: { z: 9 } },
    'output z is %9, which does not exist',
  ],
};

describe('verifyProgram', () => {
  test('[I2] accepts what a trace records', () => {
    expect(() => verifyProgram(legal, 'trace')).not.toThrow();
  });

  test.each(Object.entries(broken))('[I2] refuses %s', (_, [program, message]) => {
    expect(() => verifyProgram(program, 'some pass')).toThrow(
      `internal: after some pass: ${message}`,
    );
  });

  test('[I3] comparisons give bool, which only the condition of where takes', () => {
    const trace = (build: Parameters<typeof traceProgram>[1]) => () =>
      traceProgram({ x: [2] }, build);

    expect(trace(({ x }) => ({ y: where(greater(x!, 0), x!, constant(0)) }))).not.toThrow();
    expect(trace(({ x }) => ({ y: where(x!, x!, x!) }))).toThrow(
      'where: expected input 0 of type bool, got float32',
    );
    expect(trace(({ x }) => ({ y: add(greater(x!, 0), 1) }))).toThrow(
      'add: expected input 0 of type float32, got bool',
    );
  });
});
