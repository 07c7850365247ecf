/** The shape of every operation's result, and the legality of its inputs. */
import { ShapeError } from '../errors.ts';
import {
  broadcastShapes,
  equalShapes,
  printShape,
  type Shape,
  sizeOf,
  windowOutput,
} from '../shape.ts';
import type { ConvParams, OpName, OpParams, ReduceParams, ResizeParams } from './op.ts';

/** From parameters and input shapes to the result's shape; throws a ShapeError that names the operation. */
type ShapeRule<K extends OpName> = (params: OpParams[K], inputs: readonly Shape[]) => Shape;

/** Infers the shape of a result. */
export function inferShape<K extends OpName>(
  op: K,
  params: OpParams[K],
  inputs: readonly Shape[],
): Shape {
  const wanted = inputCounts[op];
  if (wanted !== 'any' && inputs.length !== wanted) {
    throw new ShapeError(`${op}: expected ${wanted} inputs, got ${inputs.length}`);
  }
  return shapeRules[op](params, inputs);
}

/** How many inputs each operation takes. */
export const inputCounts: { readonly [K in OpName]: number | 'any' } = {
  input: 0,
  constant: 0,
  add: 2,
  sub: 2,
  mul: 2,
  div: 2,
  maximum: 2,
  minimum: 2,
  greater: 2,
  greaterEqual: 2,
  equal: 2,
  and: 2,
  not: 1,
  where: 3,
  neg: 1,
  exp: 1,
  log: 1,
  sqrt: 1,
  abs: 1,
  sign: 1,
  relu: 1,
  reluGrad: 2,
  sigmoid: 1,
  softplus: 1,
  clip: 1,
  detach: 1,
  reshape: 1,
  transpose: 1,
  expand: 1,
  concat: 'any',
  slice: 1,
  pad: 1,
  gather: 2,
  scatterAdd: 2,
  sum: 1,
  max: 1,
  channelSum: 1,
  matmul: 2,
  softmax: 1,
  conv2d: 2,
  conv2dInputGrad: 2,
  conv2dFilterGrad: 2,
  maxPool: 1,
  maxPoolGrad: 2,
  avgPool: 1,
  avgPoolGrad: 1,
  globalAvgPool: 1,
  resize: 1,
  resizeGrad: 1,
  channelMean: 1,
  channelVariance: 2,
  batchNorm: 5,
  batchNormTrain: 5,
  batchNormInputGrad: 7,
  batchNormWeightGrad: 5,
};

const same = (_: unknown, [a]: readonly Shape[]): Shape => a!;
const broadcast =
  (op: OpName) =>
  (_: unknown, [a, b]: readonly Shape[]): Shape =>
    broadcastShapes(op, a!, b!);
const channels =
  (op: OpName) =>
  (_: unknown, [x]: readonly Shape[]): Shape => {
    if (x!.length < 2)
      throw new ShapeError(`${op}: expected at least 2 dimensions, got ${printShape(x!)}`);
    return [x![1]!];
  };

export const shapeRules: { readonly [K in OpName]: ShapeRule<K> } = {
  input: ({ shape }) => shape,
  constant: ({ data, shape }) => {
    if (data.length !== sizeOf(shape))
      throw new ShapeError(`constant: expected ${sizeOf(shape)} values, got ${data.length}`);
    return shape;
  },
  add: broadcast('add'),
  sub: broadcast('sub'),
  mul: broadcast('mul'),
  div: broadcast('div'),
  maximum: broadcast('maximum'),
  minimum: broadcast('minimum'),
  greater: broadcast('greater'),
  greaterEqual: broadcast('greaterEqual'),
  equal: broadcast('equal'),
  and: broadcast('and'),
  not: same,
  where: (_, [condition, a, b]) =>
    broadcastShapes('where', condition!, broadcastShapes('where', a!, b!)),
  neg: same,
  exp: same,
  log: same,
  sqrt: same,
  abs: same,
  sign: same,
  relu: same,
  reluGrad: broadcast('reluGrad'),
  sigmoid: same,
  softplus: same,
  clip: same,
  detach: same,
  reshape: ({ shape }, [x]) => {
    if (sizeOf(shape) === sizeOf(x!) && shape.every(Number.isInteger)) return shape;
    throw new ShapeError(`reshape: expected ${sizeOf(x!)} elements, got ${printShape(shape)}`);
  },
  transpose: ({ permutation }, [x]) => {
    const sorted = [...permutation].sort((a, b) => a - b);
    if (sorted.length !== x!.length || sorted.some((axis, i) => axis !== i)) {
      throw new ShapeError(
        `transpose: expected a permutation of ${x!.length} axes, got ${printShape(permutation)}`,
      );
    }
    return permutation.map((axis) => x![axis]!);
  },
  expand: ({ shape }, [x]) => {
    if (equalShapes(broadcastShapes('expand', x!, shape), shape)) return shape;
    throw new ShapeError(
      `expand: expected a shape that ${printShape(x!)} broadcasts to, got ${printShape(shape)}`,
    );
  },
  concat: concatShape,
  slice: ({ axis, start, end }, [x]) => {
    if (!(start >= 0 && start < end && end <= x![axis]!)) {
      throw new ShapeError(
        `slice: expected 0 <= start < end <= ${x![axis]}, got ${start} and ${end}`,
      );
    }
    return x!.with(axis, end - start);
  },
  pad: ({ axis, before, after }, [x]) => x!.with(axis, x![axis]! + before + after),
  gather: ({ axis }, [x, indices]) => x!.with(axis, countOf('gather', indices!)),
  scatterAdd: ({ axis, size }, [y, indices]) => {
    assertEqual('scatterAdd', y!.with(axis, countOf('scatterAdd', indices!)), y!);
    return y!.with(axis, size);
  },
  sum: (params, [x]) => reduceShape(params, x!),
  max: (params, [x]) => {
    if (params.axes.every((axis) => x![axis]! > 0)) return reduceShape(params, x!);
    throw new ShapeError(`max: expected axes that are not empty, got ${printShape(x!)}`);
  },
  channelSum: channels('channelSum'),
  matmul: matmulShape,
  softmax: same,
  conv2d: convShape,
  conv2dInputGrad: (params, [dy, weight]) => {
    const x = [dy![0]!, weight![1]! * params.groups, params.height, params.width];
    assertEqual('conv2dInputGrad', convShape(params, [x, weight!]), dy!);
    return x;
  },
  conv2dFilterGrad: (params, [x, dy]) => {
    const weight = [dy![1]!, x![1]! / params.groups, ...params.size];
    assertEqual('conv2dFilterGrad', convShape(params, [x!, weight]), dy!);
    return weight;
  },
  maxPool: (window, [x]) => poolShape('maxPool', window, x!),
  maxPoolGrad: (window, [x, dy]) => {
    assertEqual('maxPoolGrad', poolShape('maxPool', window, x!), dy!);
    return x!;
  },
  avgPool: ({ size }, [x]) => poolShape('avgPool', { size, stride: size, padding: 0 }, x!),
  avgPoolGrad: ({ height, width }, [dy]) => [dy![0]!, dy![1]!, height, width],
  globalAvgPool: (_, [x]) => [assertImage('globalAvgPool', x!)[0]!, x![1]!, 1, 1],
  resize: (params, [x]) => resizeShape('resize', params, x!),
  resizeGrad: (params, [dy]) => resizeShape('resizeGrad', params, dy!),
  channelMean: channels('channelMean'),
  channelVariance: channels('channelVariance'),
  batchNorm: (_, shapes) => normShape('batchNorm', shapes),
  batchNormTrain: (_, shapes) => normShape('batchNormTrain', shapes),
  batchNormInputGrad: (_, [dy, x]) => {
    assertEqual('batchNormInputGrad', x!, dy!);
    return x!;
  },
  batchNormWeightGrad: (params, [, x]) => channels('batchNormWeightGrad')(params, [x!]),
};

function reduceShape({ axes, keepDims }: ReduceParams, x: Shape): Shape {
  return keepDims
    ? x.map((side, axis) => (axes.includes(axis) ? 1 : side))
    : x.filter((_, axis) => !axes.includes(axis));
}

function countOf(op: OpName, indices: Shape): number {
  if (indices.length !== 1)
    throw new ShapeError(`${op}: expected a list of indices [n], got ${printShape(indices)}`);
  return indices[0]!;
}

function concatShape({ axis }: { readonly axis: number }, shapes: readonly Shape[]): Shape {
  const [first] = shapes;
  if (first === undefined) throw new ShapeError('concat: expected at least one input, got none');
  for (const shape of shapes) {
    if (shape.length !== first.length)
      throw new ShapeError(`concat: expected ${first.length} dimensions, got ${printShape(shape)}`);
    assertEqual('concat', first.with(axis, 0), shape.with(axis, 0));
  }
  return first.with(
    axis,
    shapes.reduce((total, shape) => total + shape[axis]!, 0),
  );
}

function matmulShape(_: unknown, [a, b]: readonly Shape[]): Shape {
  if (a!.length < 2 || b!.length < 2 || a!.at(-1) !== b!.at(-2)) {
    throw new ShapeError(
      `matmul: expected [..., n, k] and [..., k, m], got ${printShape(a!)} and ${printShape(b!)}`,
    );
  }
  return [...broadcastShapes('matmul', a!.slice(0, -2), b!.slice(0, -2)), a!.at(-2)!, b!.at(-1)!];
}

function convShape(
  { stride, padding, dilation, groups }: ConvParams,
  [x, weight]: readonly Shape[],
): Shape {
  const [batch, channelCount, height, width] = assertImage('conv2d', x!);
  const [filters, perGroup, kernelHeight, kernelWidth] = assertImage('conv2d', weight!);
  if (perGroup! * groups !== channelCount || filters! % groups !== 0) {
    throw new ShapeError(
      `conv2d: expected weight [K, ${channelCount! / groups}, h, w] with K a multiple of ${groups} groups for x ${printShape(x!)}, got ${printShape(weight!)}`,
    );
  }
  const output = (side: number, size: number) =>
    windowOutput('conv2d', side, { size, stride, padding, dilation });
  return [batch!, filters!, output(height!, kernelHeight!), output(width!, kernelWidth!)];
}

function poolShape(op: OpName, window: OpParams['maxPool'], x: Shape): Shape {
  const [batch, channelCount, height, width] = assertImage(op, x);
  return [
    batch!,
    channelCount!,
    windowOutput(op, height!, window),
    windowOutput(op, width!, window),
  ];
}

function resizeShape(op: OpName, { height, width }: ResizeParams, x: Shape): Shape {
  const [batch, channelCount] = assertImage(op, x);
  if (height < 1 || width < 1)
    throw new ShapeError(`${op}: expected a size of at least 1x1, got ${height}x${width}`);
  return [batch!, channelCount!, height, width];
}

function normShape(op: OpName, [x, ...statistics]: readonly Shape[]): Shape {
  for (const shape of statistics) assertEqual(op, [x![1]!], shape);
  return x!;
}

function assertImage(op: OpName, shape: Shape): Shape {
  if (shape.length !== 4)
    throw new ShapeError(`${op}: expected 4 dimensions [N, C, H, W], got ${printShape(shape)}`);
  return shape;
}

function assertEqual(op: OpName, expected: Shape, got: Shape): void {
  if (!equalShapes(expected, got))
    throw new ShapeError(`${op}: expected ${printShape(expected)}, got ${printShape(got)}`);
}
