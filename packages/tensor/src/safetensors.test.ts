import { describe, expect, test } from 'vitest';
import { SafetensorsError } from './errors.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import { seededValues } from './testing/trace.ts';

const tensors = new Map([
  ['b', { shape: [2, 3], data: seededValues([2, 3], 'b') }],
  ['a.weight', { shape: [], data: Float32Array.of(-0) }],
  ['empty', { shape: [0, 4], data: new Float32Array(0) }],
]);

function fileOf(header: string, data = new Uint8Array(0)): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}
const entry = (change: object) =>
  JSON.stringify({ w: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...change } });
const eight = new Uint8Array(8);

const malformed: readonly (readonly [Uint8Array, string])[] = [
  [new Uint8Array(3), 'header: expected at least 8 bytes, got 3'],
  [fileOf('{}').with(0, 99), 'header: expected 99 bytes, got 2'],
  [new Uint8Array(8).fill(255), 'header: expected 18446744073709552000 bytes, got 0'],
  [fileOf('{"w":'), 'header: expected a JSON object'],
  [fileOf('[]'), 'header: expected a JSON object'],
  [fileOf('null'), 'header: expected a JSON object'],
  [fileOf('{"w":null}'), 'w: expected an object, got null'],
  [fileOf('{"w":3}'), 'w: expected an object, got 3'],
  [fileOf(entry({ dtype: 'F16', shape: [4] }), eight), 'w: expected dtype F32, got "F16"'],
  [fileOf(entry({ dtype: 'F12' }), eight), 'w: expected dtype BOOL, U8, '],
  [fileOf('{"__metadata__":{"a":1}}'), '__metadata__: expected texts by name'],
  [
    fileOf(
      JSON.stringify({
        ...JSON.parse(entry({})),
        v: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
      }),
      eight,
    ),
    'v: expected bytes of its own, got some of w',
  ],
  [fileOf(entry({ shape: 2 }), eight), 'w: expected shape and data_offsets as lists of sizes'],
  [fileOf(entry({ shape: [-2] }), eight), 'w: expected shape and data_offsets as lists of sizes'],
  [
    fileOf(entry({ data_offsets: [0.5, 8.5] }), eight),
    'w: expected shape and data_offsets as lists of sizes',
  ],
  [fileOf(entry({ shape: [3] }), eight), 'w: expected 12 bytes for [3], got 8'],
  [fileOf(entry({ data_offsets: [8, 0] }), eight), 'w: expected 8 bytes for [2], got -8'],
  [fileOf(entry({}), eight.subarray(4)), 'w: expected bytes up to 8, got 4: the file is truncated'],
];

describe('safetensors', () => {
  test('[S1] reading what was written gives the same bits, names, shapes and metadata', () => {
    const read = readSafetensors(writeSafetensors(tensors, { format: 'pt', note: 'ü' }));

    expect(read.metadata).toEqual({ format: 'pt', note: 'ü' });
    expect(new Map([...read.tensors].toSorted())).toEqual(new Map([...tensors].toSorted()));
    expect(Object.is(read.tensors.get('a.weight')!.data[0], -0)).toBe(true);
  });

  test('[S2] the bytes depend on the tensors alone, not on their order; data starts aligned to 8', () => {
    const bytes = writeSafetensors(tensors);
    const headerLength = new DataView(bytes.buffer).getUint32(0, true);

    expect(writeSafetensors(new Map([...tensors].toReversed()))).toEqual(bytes);
    expect(headerLength % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)).trimEnd()).toBe(
      '{"a.weight":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2,3],"data_offsets":[4,28]},"empty":{"dtype":"F32","shape":[0,4],"data_offsets":[28,28]}}',
    );
  });

  test('[S3] bytes anywhere inside a larger buffer are read, and copied', () => {
    const bytes = writeSafetensors(tensors);
    const pooled = Buffer.concat([Buffer.from([1, 2, 3]), bytes, Buffer.from([9])]);
    const inner = pooled.subarray(3, 3 + bytes.length);

    const read = readSafetensors(inner);
    inner.fill(0);

    expect(read.tensors.get('b')).toEqual(tensors.get('b'));
  });

  test.each(malformed.map(([bytes, message]) => [message, bytes] as const))(
    '[S4] a malformed file is refused: %s',
    (message, bytes) => {
      expect(() => readSafetensors(bytes)).toThrow(SafetensorsError);
      expect(() => readSafetensors(bytes)).toThrow(message);
    },
  );
});
