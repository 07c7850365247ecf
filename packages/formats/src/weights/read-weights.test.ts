import { describe, expect, test } from 'vitest';
import { readWeights } from './read-weights.ts';

const text = (value: string) => new TextEncoder().encode(value);
const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

function safetensors(header: unknown, data: readonly number[]): Uint8Array {
  const json = text(JSON.stringify(header));
  const length = new Uint8Array(new BigUint64Array([BigInt(json.length)]).buffer);
  return join(length, json, Uint8Array.from(data));
}
const valuesOf = (bytes: Uint8Array, path: string) =>
  [...readWeights(bytes, path).weights].map(([name, { shape, data }]) => [name, shape, [...data]]);

describe('readWeights', () => {
  test('[F10] safetensors of any dtype become float32 under their own names, batch counters left out', () => {
    const bytes = safetensors(
      {
        __metadata__: { format: 'pt' },
        'model.half': { dtype: 'F16', shape: [1, 2], data_offsets: [0, 4] },
        'model.long': { dtype: 'I64', shape: [], data_offsets: [4, 12] },
        'model.num_batches_tracked': { dtype: 'I64', shape: [], data_offsets: [12, 20] },
      },
      [0, 0x3e, 0, 0xc0, 7, ...new Array(15).fill(0)],
    );

    expect(valuesOf(bytes, 'a.safetensors')).toEqual([
      ['model.half', [1, 2], [1.5, -2]],
      ['model.long', [], [7]],
    ]);
  });

  test('[F10] damaged safetensors are data errors that name the tensor', () => {
    const read = (entry: Record<string, unknown>) => () =>
      readWeights(
        safetensors(
          { w: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...entry } },
          [0, 0, 0, 0],
        ),
        'a.safetensors',
      );

    expect(read({})).not.toThrow();
    expect(read({ data_offsets: [0, 8] })).toThrow(
      'a.safetensors w: expected 4 bytes for [1], got 8',
    );
    expect(read({ data_offsets: [4, 0] })).toThrow('a.safetensors w: expected 4 bytes');
    expect(read({ shape: [2] })).toThrow('a.safetensors w: expected 8 bytes for [2], got 4');
    expect(read({ dtype: 'F8' })).toThrow('a.safetensors w: expected dtype BOOL');
    expect(read({ shape: [-1] })).toThrow('a.safetensors w: expected shape');
    for (const length of [0, 7, 8, 9])
      expect(() => readWeights(safetensors({}, []).subarray(0, length), 'a.safetensors')).toThrow(
        'a.safetensors',
      );
  });

  test('[F11] ONNX initializers become weights, as bytes or as lists of numbers', () => {
    const field = (number: number, bytes: Uint8Array) =>
      join(Uint8Array.of(number * 8 + 2, bytes.length), bytes);
    const varint = (number: number, value: number) => Uint8Array.of(number * 8, value);
    const floats = new Uint8Array(Float32Array.of(1.5, -2).buffer);
    const raw = join(
      varint(1, 1),
      varint(1, 2),
      varint(2, 1),
      field(8, text('classifier.weight')),
      field(9, floats),
    );
    const listed = join(varint(1, 2), varint(2, 1), field(4, floats), field(8, text('norm.bias')));
    const words = join(varint(1, 1), varint(2, 8), field(8, text('names')));
    const model = field(7, join(field(5, raw), field(5, listed), field(5, words)));

    expect(valuesOf(model, 'a.onnx')).toEqual([
      ['classifier.weight', [1, 2], [1.5, -2]],
      ['norm.bias', [2], [1.5, -2]],
    ]);
    expect(() => readWeights(Uint8Array.of(255, 255), 'a.onnx')).toThrow(
      'a.onnx: expected an ONNX model',
    );
  });

  test('the extension says how to read a file', () => {
    expect(() => readWeights(new Uint8Array(), 'weights.h5')).toThrow(
      'weights.h5: expected a file .safetensors, .onnx, .pth, .pt, .ckpt, .bin, .tar, got .h5',
    );
  });
});
