/** The ways around what a provider's kernels cannot do, on the CPU's kernels, which can do both. */
import { expect, test } from 'vitest';
import { type Engine, openEngine } from '../backends/engine.ts';
import { createOrtSession } from '../backends/ort.ts';
import { relu } from '../ops/elementwise.ts';
import { maxPool } from '../ops/image.ts';
import { compileCase, drawFeeds } from '../testing/gradient-check.ts';
import { type OpCase, opCases } from '../testing/op-cases.ts';
import { distance } from '../testing/trace.ts';
import { kernelsOf } from './kernels.ts';

const cpu = openEngine('ort');
const careful: Engine = {
  ...cpu,
  createSession: (program, options) => createOrtSession(program, options, 'cpu', kernelsOf.webgpu),
};

async function run(check: OpCase, engine: Engine, feeds = drawFeeds(check)) {
  const session = await compileCase(check, engine);
  const results = await session.run(feeds);
  await session.dispose();
  return results;
}

const cases = Object.entries(opCases).flatMap(([op, check]) =>
  'length' in check ? check.map((single, i) => ({ title: `${op} ${i}`, single })) : [],
);

test.each(cases)(
  '[L10] careful lowering has the values and gradients of the quick one: $title',
  async ({ single }) => {
    const [quick, slow] = [await run(single, cpu), await run(single, careful)];

    for (const [name, values] of Object.entries(quick)) {
      const scale = Math.max(1, ...values.map(Math.abs));
      expect(distance(slow[name]!, values) / scale, name).toBeLessThanOrEqual(1e-5);
    }
  },
);

test('[L11] of equal maxima in a window the first takes the gradient, row by row, in both lowerings', async () => {
  const check: OpCase = {
    shapes: [[1, 1, 4, 4]],
    build: (x) => maxPool(relu(x!), { size: 3, stride: 2, padding: 1 }),
  };
  const feeds = { x0: Float32Array.of(-1, -2, 3, 3, -1, -1, 3, 3, 2, 2, -1, -1, 2, 2, -1, -1) };

  const [quick, slow] = [await run(check, cpu, feeds), await run(check, careful, feeds)];

  expect(slow.y).toEqual(quick.y);
  expect(slow.g0).toEqual(quick.g0);
});
