import { describe, expect, test } from 'vitest';
import { ShapeError } from '../errors.ts';
import { conv } from '../model/layers.ts';
import { add, constant } from '../ops/elementwise.ts';
import {
  avgPool,
  conv2d,
  globalAvgPool,
  maxPool,
  normalizeBatch,
  resizeBilinear,
} from '../ops/image.ts';
import { concat, expand, reshape, slice, transpose } from '../ops/layout.ts';
import { linear, matmul, mean, softmax, sum } from '../ops/reduce.ts';
import { declareWeights } from '../predict.ts';
import type { Shape } from '../shape.ts';
import { traceProgram } from '../testing/trace.ts';
import type { Sym } from './program.ts';

function shapeOf(shapes: readonly Shape[], build: (...inputs: Sym[]) => Sym): Shape {
  const names = shapes.map((shape, i) => [`x${i}`, shape]);
  const program = traceProgram(Object.fromEntries(names), (inputs) => ({
    y: build(...Object.values(inputs)),
  }));
  return program.nodes[program.outputs.y!]!.shape;
}

type Build = (...inputs: Sym[]) => Sym;
const image = [2, 6, 9, 8];

const legal: readonly (readonly [string, readonly Shape[], Build, Shape])[] = [
  [
    'add',
    [
      [2, 1, 3],
      [4, 1],
    ],
    (a, b) => add(a!, b!),
    [2, 4, 3],
  ],
  ['reshape with a free side', [[2, 6]], (x) => reshape(x!, [3, -1, 2]), [3, 2, 2]],
  ['transpose', [[2, 3, 4]], (x) => transpose(x!, [2, 0, 1]), [4, 2, 3]],
  ['expand', [[3, 1]], (x) => expand(x!, [2, 3, 5]), [2, 3, 5]],
  [
    'concat from the end',
    [
      [2, 3],
      [2, 4],
    ],
    (a, b) => concat([a!, b!], -1),
    [2, 7],
  ],
  ['slice', [[2, 5]], (x) => slice(x!, { axis: 1, start: 2, end: 4 }), [2, 2]],
  ['sum', [[2, 3, 4]], (x) => sum(x!, [0, -1]), [3]],
  ['mean keeping axes', [[2, 3, 4]], (x) => mean(x!, [1], true), [2, 1, 4]],
  [
    'matmul',
    [
      [5, 2, 3],
      [3, 4],
    ],
    (a, b) => matmul(a!, b!),
    [5, 2, 4],
  ],
  [
    'linear',
    [
      [2, 3],
      [4, 3],
    ],
    (x, w) => linear(x!, w!),
    [2, 4],
  ],
  [
    'conv2d',
    [image, [4, 3, 3, 3]],
    (x, w) => conv2d(x!, w!, { stride: 2, padding: 1, groups: 2 }),
    [2, 4, 5, 4],
  ],
  ['maxPool', [image], (x) => maxPool(x!, { size: 3, stride: 2, padding: 1 }), [2, 6, 5, 4]],
  ['avgPool', [image], (x) => avgPool(x!, { size: 2 }), [2, 6, 4, 4]],
  ['globalAvgPool', [image], (x) => globalAvgPool(x!), [2, 6, 1, 1]],
  ['resize', [image], (x) => resizeBilinear(x!, { height: 3, width: 20 }), [2, 6, 3, 20]],
];

const illegal: readonly (readonly [readonly Shape[], Build, string])[] = [
  [[[2], [3]], (a, b) => add(a!, b!), 'add: expected shapes that broadcast, got [2] and [3]'],
  [[[2, 3]], (x) => reshape(x!, [4]), 'reshape: expected 6 elements, got [4]'],
  [[[2, 3]], (x) => reshape(x!, [4, -1]), 'reshape: expected 6 elements, got [4, 1.5]'],
  [
    [[2, 3]],
    (x) => transpose(x!, [0, 0]),
    'transpose: expected a permutation of 2 axes, got [0, 0]',
  ],
  [[[2]], (x) => expand(x!, [3]), 'expand: expected shapes that broadcast, got [2] and [3]'],
  [[[2, 2]], (x) => expand(x!, [2]), 'expand: expected a shape that [2, 2] broadcasts to, got [2]'],
  [
    [
      [2, 3],
      [3, 3],
    ],
    (a, b) => concat([a!, b!], 1),
    'concat: expected [2, 0], got [3, 0]',
  ],
  [[[2, 3], [2]], (a, b) => concat([a!, b!], 1), 'concat: expected 2 dimensions, got [2]'],
  [[[2, 3]], (x) => concat([x!], 2), 'concat: expected an axis of 2 dimensions, got 2'],
  [
    [[5]],
    (x) => slice(x!, { axis: 0, start: 3, end: 6 }),
    'slice: expected 0 <= start < end <= 5, got 3 and 6',
  ],
  [[[2]], (x) => sum(x!, [1]), 'sum: expected an axis of 1 dimensions, got 1'],
  [[[2]], (x) => softmax(x!, -2), 'softmax: expected an axis of 1 dimensions, got -2'],
  [
    [
      [2, 3],
      [2, 3],
    ],
    (a, b) => matmul(a!, b!),
    'matmul: expected [..., n, k] and [..., k, m], got [2, 3] and [2, 3]',
  ],
  [
    [
      [6, 9, 8],
      [4, 6, 3, 3],
    ],
    (x, w) => conv2d(x!, w!),
    'conv2d: expected 4 dimensions [N, C, H, W], got [6, 9, 8]',
  ],
  [
    [image, [4, 6, 3, 3]],
    (x, w) => conv2d(x!, w!, { groups: 2 }),
    'conv2d: expected weight [K, 3, h, w] with K a multiple of 2 groups for x [2, 6, 9, 8], got [4, 6, 3, 3]',
  ],
  [
    [image, [4, 6, 3, 3]],
    (x, w) => conv2d(x!, w!, { dilation: 5 }),
    'conv2d: expected a side of at least 11, got 9',
  ],
  [
    [image, [4, 6, 2, 2]],
    (x, w) => conv2d(x!, w!, { padding: 0.5 }),
    'conv2d: expected a whole padding of at least 0, got 0.5',
  ],
  [
    [image, [4, 6, 2, 2]],
    (x, w) => conv2d(x!, w!, { stride: 0 }),
    'conv2d: expected a whole stride of at least 1, got 0',
  ],
  [[image], (x) => maxPool(x!, { size: 10 }), 'maxPool: expected a side of at least 10, got 9'],
  [
    [[2, 3]],
    (x) => globalAvgPool(x!),
    'globalAvgPool: expected 4 dimensions [N, C, H, W], got [2, 3]',
  ],
  [
    [image],
    (x) => resizeBilinear(x!, { height: 0, width: 2 }),
    'resize: expected a size of at least 1x1, got 0x2',
  ],
  [
    [image, [6], [5]],
    (x, weight, bias) => normalizeBatch(x!, { weight: weight!, bias: bias! }).y,
    'batchNormTrain: expected [6], got [5]',
  ],
  [[], () => constant(Float32Array.of(1, 2), [3]), 'constant: expected 3 values, got 2'],
];

describe('shapes', () => {
  test.each(legal)('[I4] %s', (_, shapes, build, expected) => {
    expect(shapeOf(shapes, build)).toEqual(expected);
  });

  test.each(illegal.map(([shapes, build, message]) => [message, shapes, build] as const))(
    '[I5] %s',
    (message, shapes, build) => {
      const trace = () => shapeOf(shapes, build);

      expect(trace).toThrow(ShapeError);
      expect(trace).toThrow(message);
    },
  );

  test('[I5] a layer that cannot keep the size with an even filter says so', () => {
    const declare = () =>
      declareWeights(({ x }, scope) => ({ y: conv(scope, x!, { channels: 2, size: 2 }) }), {
        x: [1, 1, 4, 4],
      });

    expect(declare).toThrow('conv2d: expected a whole padding of at least 0, got 0.5');
  });
});
