/** Safetensors files of any dtype that a weight may have. */

import { dataError } from '@radiograph/graph';
import type { WeightTensor } from '@radiograph/kinds';
import { readSafetensorsHeader, SafetensorsError } from '@radiograph/tensor';
import { readTensor, type TorchDtype } from '../torch/tensor.ts';
import type { WeightsFile } from './state-dict.ts';

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

/** float32 weights of a file, names as written. @throws a data error at `path` naming what is truncated or inconsistent. */
export function readSafetensorsFile(bytes: Uint8Array, path: string): WeightsFile {
  const { entries, metadata } = readHeader(bytes, path);
  const weights = entries.map(({ name, dtype, shape, data }): [string, WeightTensor] => {
    const place = `${path} ${name}`;
    if (!isDtype(dtype))
      throw dataError(place, `expected ${Object.keys(dtypes).join(', ')}, got ${dtype}`);
    const storage = { type: 'storage', dtype: dtypes[dtype], bytes: data } as const;
    return [name, readTensor(rowMajor(storage, shape), place)];
  });
  return { weights: new Map(weights), metadata };
}

/** The reader's own error begins with the tensor or the part of the header that is wrong. */
function readHeader(bytes: Uint8Array, path: string): ReturnType<typeof readSafetensorsHeader> {
  try {
    return readSafetensorsHeader(bytes);
  } catch (cause) {
    if (!(cause instanceof SafetensorsError)) throw cause;
    throw dataError(`${path} ${cause.place}`, cause.problem, { cause });
  }
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
