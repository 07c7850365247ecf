import { describe, expect, test } from 'vitest';
import { createSession } from '../backends/ort.ts';
import type { OpName } from '../ir/op.ts';
import { createRecorder, recordInto, type Sym } from '../ir/program.ts';
import {
  abs,
  add,
  clip,
  constant,
  div,
  exp,
  greater,
  log,
  maximum,
  minimum,
  mul,
  neg,
  relu,
  sigmoid,
  softplus,
  sqrt,
  sub,
  where,
} from '../ops/elementwise.ts';
import {
  avgPool,
  conv2d,
  globalAvgPool,
  maxPool,
  normalizeBatch,
  normalizeChannels,
  resizeBilinear,
} from '../ops/image.ts';
import { concat, expand, reshape, slice, transpose } from '../ops/layout.ts';
import { channelSum, matmul, softmax, sum } from '../ops/reduce.ts';
import { optimizeProgram } from '../passes/optimize.ts';
import { createRandom } from '../random/philox.ts';
import { type Shape, sizeOf } from '../shape.ts';
import { gradients, stopGradient } from './gradients.ts';

/** Inputs by shape, values from `low` to `high`, and the expression under test. */
type Case = {
  readonly shapes: readonly Shape[];
  readonly build: (...inputs: Sym[]) => Sym;
  readonly low?: number;
  readonly high?: number;
};
type Check = readonly Case[] | { readonly through: OpName } | { readonly none: string };

const one = (
  build: Case['build'],
  range: { low?: number; high?: number } = {},
): readonly Case[] => [{ shapes: [[2, 3]], build, ...range }];
const two = (
  build: Case['build'],
  range: { low?: number; high?: number } = {},
): readonly Case[] => [
  {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    build,
    ...range,
  },
  {
    shapes: [
      [2, 1, 3],
      [4, 1],
    ],
    build,
    ...range,
  },
  { shapes: [[2, 3], []], build, ...range },
];
const conv = (x: Shape, w: Shape, options: Parameters<typeof conv2d>[2]): Case => ({
  shapes: [x, w],
  build: (a, b) => conv2d(a!, b!, options),
});
const pool = (x: Shape, options: Parameters<typeof maxPool>[1]): Case => ({
  shapes: [x],
  build: (a) => maxPool(a!, options),
});
const resize = (x: Shape, height: number, width: number, alignCorners: boolean): Case => ({
  shapes: [x],
  build: (a) => resizeBilinear(a!, { height, width, alignCorners }),
});
const norm: Case = {
  shapes: [[2, 3, 3, 2], [3], [3]],
  build: (x, weight, bias) => normalizeBatch(x!, { weight: weight!, bias: bias! }).y,
};
const fixedNorm: Case = {
  shapes: [[2, 3, 3, 2], [3], [3]],
  build: (x, weight, bias) =>
    normalizeChannels(x!, {
      weight: weight!,
      bias: bias!,
      mean: constant(Float32Array.of(0.1, -0.2, 0.3), [3]),
      variance: constant(Float32Array.of(0.5, 1, 2), [3]),
    }),
};

/** Total over the operations: a new one without a check does not compile. */
const checks: { readonly [K in OpName]: Check } = {
  input: { through: 'add' },
  constant: { none: 'holds no input' },
  add: two(add as Case['build']),
  sub: two(sub as Case['build']),
  mul: two(mul as Case['build']),
  div: two(div as Case['build'], { low: 0.5, high: 2 }),
  maximum: two(maximum as Case['build']),
  minimum: two(minimum as Case['build']),
  greater: { none: 'piecewise constant' },
  where: [{ shapes: [[2, 3], [3], [2, 3]], build: (c, a, b) => where(greater(c!, 0), a!, b!) }],
  neg: one((x) => neg(x!)),
  exp: one((x) => exp(x!)),
  log: one((x) => log(x!), { low: 0.5, high: 3 }),
  sqrt: one((x) => sqrt(x!), { low: 0.5, high: 3 }),
  abs: one((x) => abs(x!)),
  sign: { none: 'piecewise constant' },
  relu: one((x) => relu(x!)),
  reluGrad: { through: 'relu' },
  sigmoid: one((x) => sigmoid(x!)),
  softplus: one((x) => softplus(x!), { low: -4, high: 4 }),
  clip: one((x) => clip(x!, -0.4, 0.5)),
  detach: { none: 'cuts the gradient; see the test below' },
  reshape: one((x) => reshape(x!, [3, -1])),
  transpose: [{ shapes: [[2, 3, 4]], build: (x) => transpose(x!, [1, 2, 0]) }],
  expand: [{ shapes: [[2, 1, 3]], build: (x) => expand(x!, [2, 2, 4, 3]) }],
  concat: [
    {
      shapes: [
        [2, 1, 2],
        [2, 3, 2],
      ],
      build: (a, b) => concat([a!, b!, a!], 1),
    },
  ],
  slice: [{ shapes: [[2, 5]], build: (x) => slice(x!, { axis: 1, start: 1, end: 4 }) }],
  pad: { through: 'slice' },
  sum: [
    { shapes: [[2, 3, 4]], build: (x) => sum(x!, [0, 2]) },
    { shapes: [[2, 3, 4]], build: (x) => sum(x!, [1], true) },
    { shapes: [[2, 3]], build: (x) => sum(x!) },
  ],
  channelSum: [{ shapes: [[2, 3, 2, 2]], build: (x) => channelSum(x!) }],
  matmul: [
    {
      shapes: [
        [2, 3],
        [3, 4],
      ],
      build: (a, b) => matmul(a!, b!),
    },
    {
      shapes: [
        [2, 1, 2, 3],
        [5, 3, 2],
      ],
      build: (a, b) => matmul(a!, b!),
    },
  ],
  softmax: [{ shapes: [[2, 4]], build: (x) => softmax(x!, 1) }],
  conv2d: [
    conv([2, 3, 5, 4], [4, 3, 3, 3], { padding: 1 }),
    conv([2, 3, 5, 5], [2, 3, 1, 1], {}),
    conv([2, 3, 6, 5], [2, 3, 1, 1], { stride: 2 }),
    conv([1, 2, 7, 6], [3, 2, 3, 3], { stride: 2, padding: 1 }),
    conv([1, 2, 9, 9], [2, 2, 7, 7], { stride: 2, padding: 3 }),
    conv([1, 2, 6, 6], [2, 2, 3, 3], { padding: 2, dilation: 2 }),
    conv([1, 2, 4, 4], [2, 2, 3, 3], { padding: 6, dilation: 6 }),
    conv([2, 3, 5, 5], [3, 1, 3, 3], { padding: 1, groups: 3 }),
    conv([2, 3, 5, 5], [3, 1, 3, 3], { padding: 3, dilation: 3, groups: 3 }),
    conv([2, 4, 5, 5], [6, 2, 3, 3], { padding: 1, groups: 2 }),
    conv([2, 4, 5, 5], [8, 1, 3, 3], { stride: 2, padding: 1, groups: 4 }),
    conv([1, 2, 5, 6], [2, 2, 3, 2], {}),
    conv([1, 1, 1, 1], [2, 1, 3, 3], { padding: 1 }),
    conv([1, 2, 4, 4], [2, 2, 1, 1], { padding: 1 }),
  ],
  conv2dInputGrad: { through: 'conv2d' },
  conv2dFilterGrad: { through: 'conv2d' },
  maxPool: [
    pool([2, 2, 4, 4], { size: 2 }),
    pool([1, 2, 5, 5], { size: 3, stride: 2, padding: 1 }),
    pool([1, 1, 3, 4], { size: 2, stride: 1 }),
  ],
  maxPoolGrad: { through: 'maxPool' },
  avgPool: [
    { shapes: [[2, 2, 4, 4]], build: (x) => avgPool(x!, { size: 2 }) },
    { shapes: [[1, 2, 5, 7]], build: (x) => avgPool(x!, { size: 2 }) },
  ],
  avgPoolGrad: { through: 'avgPool' },
  globalAvgPool: [{ shapes: [[2, 3, 3, 2]], build: (x) => globalAvgPool(x!) }],
  resize: [
    resize([1, 2, 3, 4], 6, 8, false),
    resize([1, 2, 3, 4], 9, 5, true),
    resize([2, 2, 1, 1], 4, 3, false),
    resize([1, 1, 1, 1], 4, 4, true),
    resize([1, 1, 6, 5], 3, 2, false),
  ],
  resizeGrad: { through: 'resize' },
  channelMean: { through: 'batchNormTrain' },
  channelVariance: { through: 'batchNormTrain' },
  batchNorm: [fixedNorm],
  batchNormTrain: [norm],
  batchNormInputGrad: { through: 'batchNormTrain' },
  batchNormWeightGrad: { through: 'batchNormTrain' },
};

type Feeds = Record<string, Float32Array>;

/** A random linear functional of the expression, so that the loss is a scalar that every output enters. */
async function compile({ shapes, build }: Case) {
  const recorder = createRecorder();
  const inputs = shapes.map((shape, i) => recorder.record('input', { name: `x${i}`, shape }, []));
  const y = recordInto(recorder, () => build(...inputs));
  const random = createRandom(7, 'functional');
  const weights = Float32Array.from({ length: sizeOf(y.shape) }, () => 2 * random.next() - 1);
  const loss = recordInto(recorder, () => sum(mul(y, constant(weights, y.shape))));
  const results = {
    loss,
    ...Object.fromEntries(gradients(loss, inputs).map((g, i) => [`g${i}`, g])),
  };
  const outputs = Object.fromEntries(Object.entries(results).map(([name, { id }]) => [name, id]));
  return createSession(optimizeProgram({ nodes: recorder.nodes, outputs }), {
    weights: 'constant',
    threads: 1,
  });
}

const delta = 1e-2;

async function compareWithDifferences(check: Case): Promise<void> {
  const { shapes, low = -1, high = 1 } = check;
  const session = await compile(check);
  const random = createRandom(11, 'inputs');
  const feeds: Feeds = Object.fromEntries(
    shapes.map((shape, i) => [
      `x${i}`,
      Float32Array.from({ length: sizeOf(shape) }, () => low + (high - low) * random.next()),
    ]),
  );
  const exact = await session.run(feeds);
  const lossAt = async (name: string, index: number, value: number) => {
    const moved = feeds[name]!.slice();
    moved[index] = value;
    return (await session.run({ ...feeds, [name]: moved })).loss![0]!;
  };
  for (const [i] of shapes.entries()) {
    const name = `x${i}`;
    const gradient = exact[`g${i}`]!;
    const scale = Math.max(1, ...gradient.map(Math.abs));
    for (const [index, value] of feeds[name]!.entries()) {
      const difference =
        ((await lossAt(name, index, value + delta)) - (await lossAt(name, index, value - delta))) /
        (2 * delta);
      expect(
        Math.abs(difference - gradient[index]!) / scale,
        `${name}[${index}]: ${gradient[index]} against ${difference}`,
      ).toBeLessThan(5e-3);
    }
  }
  await session.dispose();
}

describe('every gradient equals the central difference', () => {
  for (const [op, check] of Object.entries(checks)) {
    if (!('length' in check)) continue;
    check.forEach((single, i) => {
      test(`[T1] ${op} ${i}: ${single.shapes.map((shape) => `[${shape}]`).join(' ')}`, () =>
        compareWithDifferences(single));
    });
  }

  test('[T2] an operation without a check of its own names the one that covers it, or why it has no gradient', () => {
    for (const [op, check] of Object.entries(checks)) {
      if ('through' in check) expect(checks[check.through], op).toHaveProperty('length');
      if ('none' in check) expect(check.none.length, op).toBeGreaterThan(10);
    }
  });
});

describe('gradients', () => {
  test('[T3] no gradient passes stopGradient', async () => {
    const session = await compile({ shapes: [[2]], build: (x) => mul(stopGradient(x!), x!) });

    const { g0 } = await session.run({ x0: Float32Array.of(3, -5) });

    const random = createRandom(7, 'functional');
    const weights = [2 * random.next() - 1, 2 * random.next() - 1];
    expect(g0![0]).toBeCloseTo(3 * weights[0]!, 5);
    expect(g0![1]).toBeCloseTo(-5 * weights[1]!, 5);
  });

  test('[T4] a tensor without a path to the loss has a zero gradient', async () => {
    const session = await compile({ shapes: [[2], [3]], build: (x) => x! });

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
    const at = async (build: Case['build']) => {
      const session = await compile({ shapes: [[1], [1]], build });
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
