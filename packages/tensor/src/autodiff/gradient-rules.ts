/**
 * The gradient of every operation, written in the same operations.
 *
 * A rule takes dy (the gradient of the result) and returns one gradient per input, undefined where there is none. Operations
 * that only appear in gradients have a reason instead: second derivatives are refused, not wrong.
 */

import type { OpName, OpParams } from '../ir/op.ts';
import type { Node, Sym } from '../ir/program.ts';
import { div, greater, mul, neg, recordConstant, sigmoid, sub, where } from '../ops/elementwise.ts';
import { expand, reshape, slice, transpose } from '../ops/layout.ts';
import { channelSum, matmul, sum } from '../ops/reduce.ts';
import { equalShapes, type Shape } from '../shape.ts';

type Call<K extends OpName> = {
  readonly params: OpParams[K];
  readonly inputs: readonly Sym[];
  /** The operation's result. */
  readonly y: Sym;
  readonly dy: Sym;
};
type GradientRule<K extends OpName> =
  | ((call: Call<K>) => readonly (Sym | undefined)[])
  | { readonly refused: string };

const leaf = { refused: 'a leaf has no inputs' };
const second = { refused: 'second derivatives are not defined here' };
const flat = () => [undefined, undefined];

/** Applies the rule of a node. */
export function applyGradientRule(node: Node, dy: Sym): readonly (Sym | undefined)[] {
  const rule = gradientRules[node.op] as GradientRule<OpName>; // op and params are one union member
  if (typeof rule !== 'function')
    throw new Error(`internal: gradient of ${node.op}: ${rule.refused}`);
  const { recorder } = dy;
  const inputs = node.inputs.map((id) => recorder.symOf(id));
  return rule({ params: node.params as never, inputs, y: recorder.symOf(node.id), dy });
}

export const gradientRules: { readonly [K in OpName]: GradientRule<K> } = {
  input: leaf,
  constant: leaf,
  add: ({ inputs: [a, b], dy }) => [sumTo(dy, a!.shape), sumTo(dy, b!.shape)],
  sub: ({ inputs: [a, b], dy }) => [sumTo(dy, a!.shape), sumTo(neg(dy), b!.shape)],
  mul: ({ inputs: [a, b], dy }) => [sumTo(mul(dy, b!), a!.shape), sumTo(mul(dy, a!), b!.shape)],
  div: ({ inputs: [a, b], y, dy }) => {
    const scaled = div(dy, b!);
    return [sumTo(scaled, a!.shape), sumTo(neg(mul(scaled, y)), b!.shape)];
  },
  maximum: ({ inputs: [a, b], dy }) =>
    chooseGradient(greater(b!, a!), dy, [b!.shape, a!.shape]).toReversed(),
  minimum: ({ inputs: [a, b], dy }) =>
    chooseGradient(greater(a!, b!), dy, [b!.shape, a!.shape]).toReversed(),
  greater: flat,
  greaterEqual: flat,
  equal: flat,
  and: flat,
  not: () => [undefined],
  where: ({ inputs: [condition, a, b], dy }) => [
    undefined,
    ...chooseGradient(condition!, dy, [a!.shape, b!.shape]),
  ],
  neg: ({ dy }) => [neg(dy)],
  exp: ({ y, dy }) => [mul(dy, y)],
  log: ({ inputs: [x], dy }) => [div(dy, x!)],
  sqrt: ({ y, dy }) => [div(mul(dy, 0.5), y)],
  abs: ({ inputs: [x], dy }) => [mul(dy, x!.recorder.record('sign', {}, [x!]))],
  sign: () => [undefined],
  relu: ({ y, dy }) => [y.recorder.record('reluGrad', {}, [dy, y])],
  reluGrad: second,
  sigmoid: ({ y, dy }) => [mul(dy, mul(y, sub(recordConstant(y.recorder, 1, []), y)))],
  softplus: ({ inputs: [x], dy }) => [mul(dy, sigmoid(x!))],
  clip: ({ params, inputs: [x], dy }) => {
    const zero = recordConstant(dy.recorder, 0, []);
    const lower = recordConstant(dy.recorder, params.minimum, []);
    const inside = where(greater(x!, params.maximum), zero, dy);
    return [where(greater(lower, x!), zero, inside)];
  },
  detach: () => [undefined],
  reshape: ({ inputs: [x], dy }) => [reshape(dy, x!.shape)],
  transpose: ({ params: { permutation }, dy }) => [
    transpose(
      dy,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ],
  expand: ({ inputs: [x], dy }) => [sumTo(dy, x!.shape)],
  concat: ({ params: { axis }, inputs, dy }) => splitLike(dy, axis, inputs),
  slice: ({ params: { axis, start, end }, inputs: [x], dy }) => [
    dy.recorder.record('pad', { axis, before: start, after: x!.shape[axis]! - end }, [dy]),
  ],
  pad: ({ params: { axis, before }, inputs: [x], dy }) => [
    slice(dy, { axis, start: before, end: before + x!.shape[axis]! }),
  ],
  gather: ({ params: { axis }, inputs: [x, indices], dy }) => [
    dy.recorder.record('scatterAdd', { axis, size: x!.shape[axis]! }, [dy, indices!]),
    undefined,
  ],
  scatterAdd: ({ params: { axis }, inputs: [, indices], dy }) => [
    dy.recorder.record('gather', { axis }, [dy, indices!]),
    undefined,
  ],
  // Maxima that are equal share the gradient, as in PyTorch's amax.
  max: ({ params: { axes }, inputs: [x], y, dy }) => {
    const kept = x!.shape.map((side, axis) => (axes.includes(axis) ? 1 : side));
    const zero = recordConstant(dy.recorder, 0, []);
    const share = (isMaximum: Sym, value: Sym) => where(isMaximum, value, zero);
    const isMaximum = dy.recorder.record('equal', {}, [x!, reshape(y, kept)]);
    const ones = share(isMaximum, recordConstant(dy.recorder, 1, x!.shape));
    return [share(isMaximum, div(reshape(dy, kept), sum(ones, axes, true)))];
  },
  sum: ({ params: { axes }, inputs: [x], dy }) => {
    const kept = x!.shape.map((side, axis) => (axes.includes(axis) ? 1 : side));
    return [expand(reshape(dy, kept), x!.shape)];
  },
  channelSum: ({ inputs: [x], dy }) => [
    expand(reshape(dy, [1, dy.shape[0]!, ...x!.shape.slice(2).map(() => 1)]), x!.shape),
  ],
  matmul: ({ inputs: [a, b], dy }) => [
    sumTo(matmul(dy, swapLast(b!)), a!.shape),
    sumTo(matmul(swapLast(a!), dy), b!.shape),
  ],
  softmax: ({ params: { axis }, y, dy }) => {
    const weighted = mul(dy, y);
    return [sub(weighted, mul(y, sum(weighted, [axis], true)))];
  },
  conv2d: ({ params, inputs: [x, weight], dy }) => {
    const [, , height, width] = x!.shape;
    const [, , kernelHeight, kernelWidth] = weight!.shape;
    return [
      dy.recorder.record('conv2dInputGrad', { ...params, height: height!, width: width! }, [
        dy,
        weight!,
      ]),
      dy.recorder.record('conv2dFilterGrad', { ...params, size: [kernelHeight!, kernelWidth!] }, [
        x!,
        dy,
      ]),
    ];
  },
  conv2dInputGrad: second,
  conv2dFilterGrad: second,
  maxPool: ({ params, inputs: [x], dy }) => [dy.recorder.record('maxPoolGrad', params, [x!, dy])],
  maxPoolGrad: second,
  avgPool: ({ params: { size }, inputs: [x], dy }) => [
    dy.recorder.record('avgPoolGrad', { size, height: x!.shape[2]!, width: x!.shape[3]! }, [dy]),
  ],
  avgPoolGrad: second,
  globalAvgPool: ({ inputs: [x], dy }) => [expand(div(dy, x!.shape[2]! * x!.shape[3]!), x!.shape)],
  resize: ({ params: { alignCorners }, inputs: [x], dy }) => [
    dy.recorder.record('resizeGrad', { height: x!.shape[2]!, width: x!.shape[3]!, alignCorners }, [
      dy,
    ]),
  ],
  resizeGrad: second,
  // The statistics reach the loss through batchNormTrain and the running averages, and both treat them as constants.
  channelMean: () => [undefined],
  channelVariance: flat,
  batchNorm: ({ params: { epsilon }, inputs: [x, weight, , mean, variance], dy }) => {
    const { recorder } = dy;
    const biasGrad = channelSum(dy);
    const weightGrad = recorder.record('batchNormWeightGrad', { epsilon }, [
      dy,
      x!,
      mean!,
      variance!,
      biasGrad,
    ]);
    const zero = recordConstant(recorder, 0, weight!.shape);
    return [
      recorder.record('batchNorm', { epsilon }, [dy, weight!, zero, zero, variance!]),
      weightGrad,
      biasGrad,
      undefined,
      undefined,
    ];
  },
  batchNormTrain: ({ params: { epsilon }, inputs: [x, weight, , mean, variance], dy }) => {
    const { recorder } = dy;
    const biasGrad = channelSum(dy);
    const weightGrad = recorder.record('batchNormWeightGrad', { epsilon }, [
      dy,
      x!,
      mean!,
      variance!,
      biasGrad,
    ]);
    const inputs = [dy, x!, weight!, mean!, variance!, weightGrad, biasGrad];
    return [
      recorder.record('batchNormInputGrad', { epsilon }, inputs),
      weightGrad,
      biasGrad,
      undefined,
      undefined,
    ];
  },
  batchNormInputGrad: second,
  batchNormWeightGrad: second,
};

/** Sums a gradient over the axes along which its operand was broadcast. */
function sumTo(dy: Sym, shape: Shape): Sym {
  if (equalShapes(dy.shape, shape)) return dy;
  const lead = dy.shape.length - shape.length;
  const axes = dy.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < lead || (shape[axis - lead] === 1 && dy.shape[axis] !== 1));
  return reshape(sum(dy, axes), shape);
}

/** dy where the condition holds for the first shape, elsewhere for the second. */
function chooseGradient(condition: Sym, dy: Sym, [first, rest]: readonly [Shape, Shape]): Sym[] {
  const zero = recordConstant(dy.recorder, 0, []);
  return [sumTo(where(condition, dy, zero), first), sumTo(where(condition, zero, dy), rest)];
}

function splitLike(dy: Sym, axis: number, inputs: readonly Sym[]): Sym[] {
  let start = 0;
  return inputs.map((input) => {
    const end = start + input.shape[axis]!;
    const part = slice(dy, { axis, start, end });
    start = end;
    return part;
  });
}

function swapLast(x: Sym): Sym {
  const rank = x.shape.length;
  return transpose(
    x,
    x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis)),
  );
}
