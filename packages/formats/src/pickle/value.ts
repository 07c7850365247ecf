/** What a pickle may hold here: plain containers, tensors, and the names that build them. */
import type { TorchStorage, TorchTensor } from '../torch/tensor.ts';

/** A dict, OrderedDict or plain attribute holder. */
export type PickleDict = Map<PickleValue, PickleValue>;

/** A numpy array or dtype under construction; `BUILD` fills it. */
export type NumpyValue = {
  readonly type: 'numpy';
  dtype: string;
  bigEndian: boolean;
  shape: readonly number[];
  fortran: boolean;
  bytes: Uint8Array;
};

/** A global on the allow-list: what it makes of its arguments. Never code of the pickle's. */
export type PickleGlobal = {
  readonly type: 'global';
  readonly name: string;
  readonly call: (args: readonly PickleValue[]) => PickleValue;
};

/**
 * A class or object that is none of ours: a path, a dtype, a callback. Only its name is kept; nothing of it is looked up or run, and what a
 * pickle does with it is dropped.
 */
export type OpaqueValue = { readonly type: 'opaque'; readonly name: string };

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleDict
  | Set<PickleValue>
  | TorchTensor
  | TorchStorage
  | NumpyValue
  | OpaqueValue
  | PickleGlobal;

export function isTensor(value: PickleValue | undefined): value is TorchTensor {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'tensor';
}

export function isStorage(value: PickleValue | undefined): value is TorchStorage {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'storage';
}

export function isNumpy(value: PickleValue | undefined): value is NumpyValue {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'numpy';
}

export function isOpaque(value: PickleValue | undefined): value is OpaqueValue {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'opaque';
}

export function isGlobal(value: PickleValue | undefined): value is PickleGlobal {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'global';
}

/** Names a value in an error: `dict`, `tensor`, `"text"`. */
export function describeValue(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Map) return 'a dict';
  if (value instanceof Set) return 'a set';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (isOpaque(value)) return `an object of ${value.name}`;
  if (typeof value === 'object' && value !== null) return `a ${value.type}`;
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value);
}
