import { createRandom } from '@radiograph/statistics';
import { describe, expect, test } from 'vitest';
import { createSession } from '../backends/engine.ts';
import { createRecorder } from '../ir/program.ts';
import { abs, add, exp, maximum, minimum, mul, relu } from '../ops/elementwise.ts';
import { sum } from '../ops/reduce.ts';
import { compileCase } from '../testing/gradient-check.ts';
import { type OpCase, opCases } from '../testing/op-cases.ts';
import { gradients, stopGradient } from './gradients.ts';

describe('gradients', () => {
  test('[T2] an operation without a check of its own names the one that covers it, or why it has no gradient', () => {
    for (const [op, check] of Object.entries(opCases)) {
      if ('through' in check) expect(opCases[check.through], op).toHaveProperty('length');
      if ('none' in check) expect(check.none.length, op).toBeGreaterThan(10);
    }
  });

  test('[T3] no gradient passes stopGradient', async () => {
    const session = await compileCase({ shapes: [[2]], build: (x) => mul(stopGradient(x!), x!) });

    const { g0 } = await session.run({ x0: Float32Array.of(3, -5) });

    const random = createRandom(7, 'functional');
    const weights = [2 * random.next() - 1, 2 * random.next() - 1];
    expect(g0![0]).toBeCloseTo(3 * weights[0]!, 5);
    expect(g0![1]).toBeCloseTo(-5 * weights[1]!, 5);
  });

  test('[T4] a tensor without a path to the loss has a zero gradient', async () => {
    const session = await compileCase({ shapes: [[2], [3]], build: (x) => x! });

    expect((await session.run({ x0: new Float32Array(2), x1: new Float32Array(3) })).g1).toEqual(
      new Float32Array(3),
    );
  });

  test('[T5] a loss that is not a scalar is refused', () => {
    const recorder = createRecorder();
    const x = recorder.record('input', { name: 'x', shape: [2] }, []);

    expect(() => gradients(x, [x])).toThrow('gradients: expected a scalar loss [], got [2]');
  });

  test('[T6] at ties the first operand of maximum and minimum takes the gradient; relu and abs have none at 0', async () => {
    const at = async (build: OpCase['build']) => {
      const session = await compileCase({ shapes: [[1], [1]], build });
      const { g0, g1 } = await session.run({ x0: Float32Array.of(0), x1: Float32Array.of(0) });
      await session.dispose();
      return [g0![0] !== 0, g1![0] !== 0];
    };

    expect(await at((a, b) => maximum(a!, b!))).toEqual([true, false]);
    expect(await at((a, b) => minimum(a!, b!))).toEqual([true, false]);
    expect(await at((a, b) => add(relu(a!), abs(b!)))).toEqual([false, false]);
  });

  test('[T7] a second derivative that is not defined is refused, one that is comes out right', async () => {
    const recorder = createRecorder();
    const x = recorder.record('input', { name: 'x', shape: [] }, []);
    const [sloped] = gradients(sum(relu(x)), [x]);
    expect(() => gradients(sloped!, [x])).toThrow(
      'internal: gradient of reluGrad: second derivatives are not defined here',
    );

    const [first] = gradients(exp(mul(x, 2)), [x]);
    const [second] = gradients(first!, [x]);
    const program = { nodes: recorder.nodes, outputs: { second: second!.id } };
    const session = await createSession(program, { weights: 'constant', threads: 1 });
    const { second: value } = await session.run({ x: Float32Array.of(0.5) });
    expect(value![0]).toBeCloseTo(4 * Math.E, 4);
    await session.dispose();
  });
});
