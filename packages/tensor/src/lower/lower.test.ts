import { fromBinary } from '@bufbuild/protobuf';
import { createRandom } from '@radiograph/statistics';
import { describe, expect, test } from 'vitest';
import { gradients } from '../autodiff/gradients.ts';
import type { Sym } from '../ir/program.ts';
import { add, constant, greater, mul, relu, sigmoid, softplus, where } from '../ops/elementwise.ts';
import { avgPool, conv2d, maxPool, normalizeBatch, resizeBilinear } from '../ops/image.ts';
import { linear, softmax, sum } from '../ops/reduce.ts';
import { type Shape, sizeOf } from '../shape.ts';
import { distance, runProgram, seededValues, traceProgram } from '../testing/trace.ts';
import { ModelProtoSchema } from './generated/onnx_pb.js';
import { interpolationMatrix } from './interpolation.ts';
import { toOnnx } from './to-onnx.ts';

type Tensor = { readonly shape: Shape; readonly data: ArrayLike<number> };

async function evaluate(
  tensors: readonly Tensor[],
  build: (...inputs: Sym[]) => Sym,
): Promise<Float32Array> {
  const names = tensors.map(({ shape }, i) => [`x${i}`, shape]);
  const program = traceProgram(Object.fromEntries(names), (inputs) => ({
    y: build(...Object.values(inputs)),
  }));
  const feeds = tensors.map(({ data }, i) => [`x${i}`, data]);
  return (await runProgram(program, Object.fromEntries(feeds))).y!;
}
const seeded = (shape: Shape, name: string): Tensor => ({ shape, data: seededValues(shape, name) });
const row = (...data: number[]): Tensor => ({ shape: [data.length], data });

type Window = { stride?: number; padding?: number; dilation?: number; groups?: number };

/** Cross-correlation by its definition, one product at a time in double precision. */
function correlate(x: Tensor, weight: Tensor, options: Window): number[] {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const [batch, channels, height, width] = x.shape as [number, number, number, number]; // images
  const [filters, perGroup, rows, columns] = weight.shape as [number, number, number, number]; // filters
  const side = (from: number, size: number) =>
    Math.floor((from + 2 * padding - dilation * (size - 1) - 1) / stride) + 1;
  const at = (n: number, c: number, i: number, j: number) =>
    i < 0 || j < 0 || i >= height || j >= width
      ? 0
      : x.data[((n * channels + c) * height + i) * width + j]!;
  const results: number[] = [];
  const grid = [batch, filters, side(height, rows), side(width, columns)];
  for (const position of positions(grid)) {
    const [n, k, i, j] = position as [number, number, number, number]; // one per side of the grid
    const first = Math.floor(k / (filters / groups)) * perGroup;
    let total = 0;
    for (const tap of positions([perGroup, rows, columns])) {
      const [c, p, q] = tap as [number, number, number]; // one per side
      const value = at(
        n,
        first + c,
        i * stride + p * dilation - padding,
        j * stride + q * dilation - padding,
      );
      total += value * weight.data[((k * perGroup + c) * rows + p) * columns + q]!;
    }
    results.push(total);
  }
  return results;
}

function* positions(shape: Shape): Iterable<number[]> {
  const [side, ...rest] = shape;
  if (side === undefined) yield [];
  else for (let i = 0; i < side; i++) for (const tail of positions(rest)) yield [i, ...tail];
}

const convolutions: readonly (readonly [Shape, Shape, Window])[] = [
  [[2, 3, 6, 5], [4, 3, 3, 3], { padding: 1 }],
  [[1, 3, 9, 9], [2, 3, 7, 7], { stride: 2, padding: 3 }],
  [[2, 4, 6, 6], [6, 2, 3, 3], { padding: 2, dilation: 2, groups: 2 }],
  [[1, 4, 5, 5], [4, 1, 3, 3], { padding: 6, dilation: 6, groups: 4 }],
  [[2, 3, 6, 5], [5, 3, 1, 1], { stride: 2 }],
  [[1, 2, 5, 6], [3, 2, 3, 2], {}],
];

/** Any window that fits, with gaps that do not divide evenly and padding beyond the filter. */
function randomConvolution(seed: number) {
  const random = createRandom(seed, 'convolution');
  const between = (low: number, high: number) => low + random.integer(high - low + 1);
  const [rows, columns] = [between(1, 4), between(1, 4)];
  const options = {
    stride: between(1, 3),
    padding: between(0, 4),
    dilation: between(1, 3),
    groups: between(1, 3),
  };
  const { stride, padding, dilation, groups } = options;
  const least = (size: number) => Math.max(1, dilation * (size - 1) + 1 - 2 * padding);
  const [height, width] = [least(rows) + between(0, 5), least(columns) + between(0, 5)];
  const side = (from: number, size: number) =>
    Math.floor((from + 2 * padding - dilation * (size - 1) - 1) / stride) + 1;
  const perGroup = between(1, 3);
  const [batch, filters] = [between(1, 2), groups * between(1, 3)];
  return {
    x: [batch, groups * perGroup, height, width],
    w: [filters, perGroup, rows, columns],
    options,
    output: [batch, filters, side(height, rows), side(width, columns)],
  };
}

describe('lowering', () => {
  test.each(convolutions)(
    '[L1] conv2d of %j with %j, %j is the sum of products',
    async (x, w, options) => {
      const [image, weight] = [seeded(x, 'x'), seeded(w, 'w')];

      const y = await evaluate([image, weight], (a, b) => conv2d(a!, b!, options));

      expect(distance(y, correlate(image, weight, options))).toBeLessThan(1e-5);
    },
  );

  test('[L8] both gradients of a random convolution are its adjoints', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { x, w, options, output } = randomConvolution(seed);
      const tensors = { x: seeded(x, 'x'), w: seeded(w, 'w'), dy: seeded(output, 'dy') };
      const program = traceProgram({ x, w, dy: output }, (fed) => {
        const y = conv2d(fed.x!, fed.w!, options);
        const loss = sum(mul(y, fed.dy!));
        const [dx, dw] = gradients(loss, [fed.x!, fed.w!]);
        return { loss, alongX: sum(mul(dx!, fed.x!)), alongW: sum(mul(dw!, fed.w!)) };
      });

      const feeds = Object.entries(tensors).map(([name, { data }]) => [name, data]);
      const { loss, alongX, alongW } = await runProgram(program, Object.fromEntries(feeds));

      const title = `seed ${seed}: ${JSON.stringify({ x, w, ...options })}`;
      const scale = Math.max(1, Math.abs(loss![0]!));
      expect(Math.abs(alongX![0]! - loss![0]!) / scale, title).toBeLessThan(1e-4);
      expect(Math.abs(alongW![0]! - loss![0]!) / scale, title).toBeLessThan(1e-4);
    }
  });

  test.each([
    ['shifts of the output', { x: [2, 5, 4, 6], w: [3, 5, 3, 3], padding: 1, stride: 1 }],
    ['shifts of the input', { x: [2, 3, 4, 6], w: [5, 3, 3, 3], padding: 1, stride: 1 }],
    ['strided shifts of the input', { x: [2, 3, 9, 8], w: [4, 3, 5, 5], padding: 2, stride: 2 }],
  ])('[L8] a filter gradient as one product of %s is the sum of its definition', async (_, c) => {
    const { x, w, ...options } = c;
    const image = seededValues(x, 'x');
    const sides = [2, 3].map((axis) => (x[axis]! + 2 * c.padding - w[axis]!) / c.stride + 1);
    const output = [x[0]!, w[0]!, ...sides.map(Math.floor)];
    const dy = seededValues(output, 'dy');
    const program = traceProgram({ x, w, dy: output }, (fed) => {
      const y = conv2d(fed.x!, fed.w!, options);
      return { dw: gradients(sum(mul(y, fed.dy!)), [fed.w!])[0]! };
    });
    const oneHot = new Float32Array(sizeOf(w));

    const { dw } = await runProgram(program, { x: image, w: oneHot, dy });

    // Entry i of the gradient is what dy says of the response to a filter that is 1 at i and 0 elsewhere.
    for (let i = 0; i < oneHot.length; i++) {
      oneHot.fill(0)[i] = 1;
      const response = correlate({ shape: x, data: image }, { shape: w, data: oneHot }, options);
      const expected = response.reduce((total, value, j) => total + value * dy[j]!, 0);
      expect(dw![i]).toBeCloseTo(expected, 4);
    }
  });

  test('[L2] padding never wins a maximum pool', async () => {
    const x = { shape: [1, 1, 2, 2], data: [-1, -2, -3, -4] };

    const y = await evaluate([x], (a) => maxPool(a!, { size: 3, stride: 2, padding: 1 }));

    expect([...y]).toEqual([-1]);
  });

  test('[L2] an average pool drops what does not fill a window', async () => {
    const x = { shape: [1, 1, 3, 3], data: [1, 2, 9, 3, 4, 9, 9, 9, 9] };

    expect([...(await evaluate([x], (a) => avgPool(a!, { size: 2 })))]).toEqual([2.5]);
  });

  test('[L3] interpolation matrices follow both corner conventions of PyTorch', () => {
    const rows = (matrix: Float32Array, columns: number) =>
      Array.from({ length: matrix.length / columns }, (_, i) => [
        ...matrix.subarray(i * columns, (i + 1) * columns),
      ]);

    const half = interpolationMatrix({ from: 2, to: 4, alignCorners: false });
    const corners = interpolationMatrix({ from: 2, to: 5, alignCorners: true });

    expect(rows(half, 2)).toEqual([
      [1, 0],
      [0.75, 0.25],
      [0.25, 0.75],
      [0, 1],
    ]);
    expect(rows(corners, 2)).toEqual([
      [1, 0],
      [0.75, 0.25],
      [0.5, 0.5],
      [0.25, 0.75],
      [0, 1],
    ]);
    expect(rows(interpolationMatrix({ from: 3, to: 1, alignCorners: true }), 3)).toEqual([
      [1, 0, 0],
    ]);
  });

  test.each([
    { from: [5, 3], to: [9, 7], alignCorners: false },
    { from: [5, 3], to: [9, 7], alignCorners: true },
    { from: [8, 6], to: [3, 4], alignCorners: false },
    { from: [8, 6], to: [3, 4], alignCorners: true },
    { from: [1, 1], to: [4, 4], alignCorners: true },
    { from: [4, 4], to: [1, 1], alignCorners: true },
  ] as const)(
    '[L3] resizing $from to $to, corners $alignCorners, is the product with these matrices',
    async ({ from: [h, w], to: [height, width], alignCorners }) => {
      const x = seeded([1, 1, h, w], 'x');

      const y = await evaluate([x], (a) => resizeBilinear(a!, { height, width, alignCorners }));

      const down = interpolationMatrix({ from: h, to: height, alignCorners });
      const across = interpolationMatrix({ from: w, to: width, alignCorners });
      const expected = [...positions([height, width])].map(([i, j]) =>
        [...positions([h, w])].reduce(
          (total, [p, q]) =>
            total + down[i! * h + p!]! * x.data[p! * w + q!]! * across[j! * w + q!]!,
          0,
        ),
      );
      expect(distance(y, expected)).toBeLessThan(1e-5);
    },
  );

  test('[L4] softplus, sigmoid and softmax neither overflow nor lose small values', async () => {
    const x = row(-200, -20, 0, 20, 200);

    const soft = await evaluate([x], (a) => softplus(a!));
    expect(distance(soft, [0, 0, Math.log(2), 20, 200])).toBeLessThan(1e-5);
    expect([...(await evaluate([x], (a) => sigmoid(a!)))].every(Number.isFinite)).toBe(true);
    const shares = await evaluate([row(1000, 1000, -1000)], (a) => softmax(a!, 0));
    expect(distance(shares, [0.5, 0.5, 0])).toBeLessThan(1e-6);
  });

  test.each([
    ['centered, for small tensors', [4, 2, 1, 1], 1e-4],
    ['from squares, for large ones', [4, 2, 100, 100], 1e-4],
  ] as const)('[L5] the variance is %s', async (_, shape, tolerance) => {
    const spread = shape[2] === 1 ? 0.005 : 1; // 200 deviations from 0, or 1
    const x = { shape, data: seededValues(shape, 'x').map((v) => 1 + spread * v) };

    const variance = await evaluate([x], (a) => {
      const weight = constant(1, [2]);
      return normalizeBatch(a!, { weight, bias: constant(0, [2]) }).variance;
    });

    const area = shape[2] * shape[3];
    const channel = (c: number) =>
      Array.from(x.data).filter((_value, i) => Math.floor(i / area) % 2 === c);
    [0, 1].forEach((c) => {
      const values = channel(c);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const exact = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
      expect(Math.abs(variance[c]! / exact - 1)).toBeLessThan(tolerance);
    });
  });

  test('[L6] linear layers, where and sums over no axes compute what they say', async () => {
    const x = { shape: [1, 2], data: [1, 2] };
    const weight = { shape: [3, 2], data: [1, 0, 0, 1, 1, 1] };
    const y = await evaluate([x, weight, row(10, 20, 30)], (a, w, b) => linear(a!, w!, b!));
    expect([...y]).toEqual([11, 22, 33]);
    const larger = await evaluate([row(1, 5), row(3, 4)], (a, b) => where(greater(a!, b!), a!, b!));
    expect([...larger]).toEqual([3, 5]);
    expect([...(await evaluate([row(1, 2)], (a) => sum(a!, [])))]).toEqual([1, 2]);
  });

  test('[L7] inputs keep their names, results are named as in the program, equal constants are stored once', () => {
    const program = traceProgram({ image: [2] }, ({ image }) => ({
      y: relu(add(add(image!, 0.5), constant(0.5))),
    }));

    const { graph, opsetImport } = fromBinary(ModelProtoSchema, toOnnx(program));

    expect(graph!.input.map(({ name }) => name)).toEqual(['image']);
    expect(graph!.output.map(({ name }) => name)).toEqual(['out/y']);
    expect(graph!.initializer.length).toBe(1);
    expect(opsetImport.map(({ domain, version }) => [domain, version])).toEqual([
      ['', 17n],
      ['com.microsoft', 1n],
    ]);
  });

  test('[L9] relu passes the gradient of every positive number and of no other', async () => {
    const x = row(-Infinity, -1, -1e-38, 0, 1.2e-38, 1e-20, 1, 3e38, Infinity);
    const program = traceProgram({ x: x.shape }, ({ x }) => ({
      dx: gradients(sum(mul(relu(x!), 5)), [x!])[0]!,
    }));
    const { dx } = await runProgram(program, { x: x.data });
    expect([...dx!]).toEqual([0, 0, 0, 0, 5, 5, 5, 5, 5]);
  });
});
