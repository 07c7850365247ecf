/** Safetensors files of any dtype: a u64 header length, a JSON header, then the bytes of all tensors. */
import { dataError } from '@radiograph/graph';
import type { WeightTensor } from '@radiograph/kinds';
import { z } from 'zod';
import { readTensor, type TorchDtype } from '../torch/tensor.ts';
import type { Weights } from './state-dict.ts';

const dtypes = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
} as const satisfies Record<string, TorchDtype>;

const size = z.int().min(0);
const Header = z.record(
  z.string(),
  z.strictObject({
    dtype: z.string(),
    shape: z.array(size),
    data_offsets: z.tuple([size, size]),
  }),
);

/** float32 weights of a safetensors file, names as written. @throws a data error at `path` naming what is truncated or inconsistent. */
export function readSafetensorsFile(bytes: Uint8Array, path: string): Weights {
  const { header, data } = readHeader(bytes, path);
  return new Map(
    Object.entries(header).map(([name, { dtype, shape, data_offsets }]): [string, WeightTensor] => {
      const place = `${path} ${name}`;
      if (!isDtype(dtype))
        throw dataError(place, `expected ${Object.keys(dtypes).join(', ')}, got ${dtype}`);
      const [begin, end] = data_offsets;
      if (begin > end || end > data.length)
        throw dataError(
          place,
          `expected bytes up to ${end}, got ${data.length}: the file is truncated`,
        );
      const storage = {
        type: 'storage',
        dtype: dtypes[dtype],
        bytes: data.subarray(begin, end),
      } as const;
      return [name, readTensor(rowMajor(storage, shape), place)];
    }),
  );
}

type Storage = Parameters<typeof readTensor>[0]['storage'];

/** A tensor that fills its storage row by row. */
export function rowMajor(
  storage: Storage,
  shape: readonly number[],
): Parameters<typeof readTensor>[0] {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  return { type: 'tensor', dtype: storage.dtype, storage, offset: 0, shape, strides };
}

function isDtype(name: string): name is keyof typeof dtypes {
  return Object.hasOwn(dtypes, name);
}

function readHeader(bytes: Uint8Array, path: string) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < 8 ? 0 : Number(view.getBigUint64(0, true));
  if (length < 2 || length > bytes.length - 8)
    throw dataError(
      path,
      `expected a safetensors header within ${bytes.length} bytes, got one of ${length}`,
    );
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  try {
    const { __metadata__: _, ...entries } = JSON.parse(text) as Record<string, unknown>;
    return { header: Header.parse(entries), data: bytes.subarray(8 + length) };
  } catch (cause) {
    throw dataError(path, 'expected a safetensors header of dtype, shape and data_offsets', {
      cause,
    });
  }
}
