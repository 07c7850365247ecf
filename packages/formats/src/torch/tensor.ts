/** PyTorch's storages and strided tensors, read into float32. */
import { dataError } from '@radiograph/graph';

type Decode = {
  readonly size: number;
  readonly read: (view: DataView, at: number) => number;
};

/** Every dtype of torch.save by the name of its storage class. Quantized ones have no plain values and are left out. */
export const storageDtypes = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
} as const;
export type TorchDtype = (typeof storageDtypes)[keyof typeof storageDtypes];

const decoders: { readonly [D in TorchDtype]: Decode } = {
  float64: { size: 8, read: (view, at) => view.getFloat64(at, true) },
  float32: { size: 4, read: (view, at) => view.getFloat32(at, true) },
  float16: { size: 2, read: (view, at) => halfToNumber(view.getUint16(at, true)) },
  bfloat16: { size: 2, read: (view, at) => brainToNumber(view.getUint16(at, true)) },
  int64: { size: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  int32: { size: 4, read: (view, at) => view.getInt32(at, true) },
  int16: { size: 2, read: (view, at) => view.getInt16(at, true) },
  int8: { size: 1, read: (view, at) => view.getInt8(at) },
  uint8: { size: 1, read: (view, at) => view.getUint8(at) },
  bool: { size: 1, read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
};

/** Numbers that several tensors may view. Legacy files fill `bytes` after the tensors are known. */
export type TorchStorage = {
  readonly type: 'storage';
  readonly dtype: TorchDtype;
  bytes: Uint8Array;
};

/** A view into a storage; offset and strides count elements. */
export type TorchTensor = {
  readonly type: 'tensor';
  readonly dtype: TorchDtype;
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
};

const largest = 2 ** 28; // a stride of 0 can make a huge tensor of one number; no network has a weight this large

/** Bytes of one element. */
export function elementSize(dtype: TorchDtype): number {
  return decoders[dtype].size;
}

/**
 * Row-major float32 values of a tensor of any dtype, strides honored.
 *
 * float64 and integers beyond 2^24 are rounded. @throws a data error at `path` for a view outside its storage or over 2^28 values.
 */
export function readTensor(
  { dtype, storage, offset, shape, strides }: TorchTensor,
  path: string,
): { readonly shape: readonly number[]; readonly data: Float32Array } {
  const { size, read } = decoders[dtype];
  const count = shape.reduce((product, side) => product * side, 1);
  const last = shape.reduce((at, side, i) => at + (side - 1) * strides[i]!, offset);
  const available = Math.floor(storage.bytes.length / size);
  if (count > largest) throw dataError(path, `expected at most ${largest} values, got [${shape}]`);
  if (count > 0 && last >= available)
    throw dataError(path, `expected a view into ${available} values, got one up to ${last}`);
  const view = new DataView(storage.bytes.buffer, storage.bytes.byteOffset, storage.bytes.length);
  const data = new Float32Array(count);
  const index = shape.map(() => 0);
  let at = offset;
  for (let i = 0; i < count; i++) {
    data[i] = read(view, at * size);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return { shape, data };
}

const scratch = new DataView(new ArrayBuffer(4));

function brainToNumber(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

/** IEEE 754 half precision, subnormals and infinities included. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
