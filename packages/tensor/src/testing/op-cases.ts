/**
 * One small expression or more per operation, for suites that must cover all of them: shapes of 1, odd and uneven sides, every
 * window, both corner conventions. Total over the operations: a new one without a case does not compile.
 */
import type { OpName } from '../ir/op.ts';
import type { Sym } from '../ir/program.ts';
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
  normalizeGroups,
  resizeBilinear,
} from '../ops/image.ts';
import { concat, expand, gather, reshape, scatterAdd, slice, transpose } from '../ops/layout.ts';
import { channelSum, linear, matmul, max, mean, min, softmax, sum } from '../ops/reduce.ts';
import { topMean } from '../ops/statistics.ts';
import type { Shape } from '../shape.ts';

/** Inputs by shape, values from `low` to `high`, and the expression under test. */
export type OpCase = {
  readonly shapes: readonly Shape[];
  readonly build: (...inputs: Sym[]) => Sym;
  readonly low?: number;
  readonly high?: number;
};
type Check = readonly OpCase[] | { readonly through: OpName } | { readonly none: string };

const one = (
  build: OpCase['build'],
  range: { low?: number; high?: number } = {},
): readonly OpCase[] => [{ shapes: [[2, 3]], build, ...range }];
const two = (
  build: OpCase['build'],
  range: { low?: number; high?: number } = {},
): readonly OpCase[] => [
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
const conv = (x: Shape, w: Shape, options: Parameters<typeof conv2d>[2]): OpCase => ({
  shapes: [x, w],
  build: (a, b) => conv2d(a!, b!, options),
});
const pool = (x: Shape, options: Parameters<typeof maxPool>[1]): OpCase => ({
  shapes: [x],
  build: (a) => maxPool(a!, options),
});
const resize = (x: Shape, height: number, width: number, alignCorners: boolean): OpCase => ({
  shapes: [x],
  build: (a) => resizeBilinear(a!, { height, width, alignCorners }),
});
const norm: OpCase = {
  shapes: [[2, 3, 3, 2], [3], [3]],
  build: (x, weight, bias) => normalizeBatch(x!, { weight: weight!, bias: bias! }).y,
};
const fixedNorm: OpCase = {
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
export const opCases: { readonly [K in OpName]: Check } = {
  input: { through: 'add' },
  constant: { none: 'holds no input' },
  add: two(add as OpCase['build']),
  sub: two(sub as OpCase['build']),
  mul: two(mul as OpCase['build']),
  div: two(div as OpCase['build'], { low: 0.5, high: 2 }),
  maximum: two(maximum as OpCase['build']),
  minimum: two(minimum as OpCase['build']),
  greater: { none: 'piecewise constant' },
  greaterEqual: { none: 'piecewise constant' },
  equal: { none: 'piecewise constant' },
  and: { none: 'piecewise constant' },
  not: { none: 'piecewise constant' },
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
  gather: [
    { shapes: [[4, 3]], build: (x) => gather(x!, { axis: 0, indices: [2, 0, 2] }) },
    { shapes: [[2, 3, 2]], build: (x) => gather(x!, { axis: 1, indices: [2, 2, 0, 1] }) },
  ],
  scatterAdd: [
    { shapes: [[3, 2]], build: (x) => scatterAdd(x!, { axis: 0, indices: [3, 1, 3], size: 5 }) },
    { shapes: [[2, 4]], build: (x) => scatterAdd(x!, { axis: 1, indices: [0, 1, 0, 2], size: 3 }) },
  ],
  sum: [
    { shapes: [[2, 3, 4]], build: (x) => sum(x!, [0, 2]) },
    { shapes: [[2, 3, 4]], build: (x) => sum(x!, [1], true) },
    { shapes: [[2, 3]], build: (x) => sum(x!) },
  ],
  max: [
    { shapes: [[2, 3, 4]], build: (x) => max(x!, [0, 2]) },
    { shapes: [[2, 3, 4]], build: (x) => max(x!, [1], true) },
    { shapes: [[5]], build: (x) => max(x!) },
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

/** Functions of `ops/` that are made of several operations, in forms that no case above has. */
export const compositeCases: Readonly<Record<string, readonly OpCase[]>> = {
  normalizeGroups: [1, 2, 4].map((groups) => ({
    shapes: [[2, 4, 3, 2], [4], [4]],
    build: (x, weight, bias) => normalizeGroups(x!, { groups, weight: weight!, bias: bias! }),
  })),
  topMean: [
    { shapes: [[9]], build: (x) => topMean(x!, { k: 3, axis: 0 }) },
    { shapes: [[2, 7, 3]], build: (x) => topMean(x!, { k: 1, axis: 1 }) },
  ],
  min: [{ shapes: [[2, 3, 4]], build: (x) => min(x!, [0, 2]) }],
  mean: [{ shapes: [[2, 3, 4]], build: (x) => mean(x!, [1], true) }],
  linear: [
    { shapes: [[2, 3], [4, 3], [4]], build: (x, weight, bias) => linear(x!, weight!, bias) },
  ],
};
