/** The allow-list: the only names that a pickle may call, each with our own harmless reading of it, and what becomes of all others. */
import { dataError, type RadiographError } from '@radiograph/graph';
import { elementSize, storageDtypes, type TorchDtype } from '../torch/tensor.ts';
import {
  describeValue,
  isNumpy,
  isOpaque,
  isStorage,
  isTensor,
  type NumpyValue,
  type PickleValue,
} from './value.ts';

type Args = readonly PickleValue[];
/** What a rule may know about the file: its name for errors, and how to read a storage that was pickled on its own. */
export type GlobalContext = {
  readonly path: string;
  /** Counts what is copied: a few bytes of a pickle can ask for the same large value to be copied a thousand times. */
  readonly spend: (items: number) => void;
  readonly loadBytes: (bytes: Uint8Array) => PickleValue;
};
type Rule = (args: Args, context: GlobalContext) => PickleValue;

const asDict: Rule = ([pairs], { path, spend }) => {
  if (pairs === undefined) return new Map();
  const entries = pairs instanceof Map ? [...pairs] : pairs;
  if (!Array.isArray(entries) || !entries.every(isPair))
    throw dataError(path, `expected the pairs of a dict, got ${describeValue(pairs)}`);
  spend(entries.length);
  return new Map(entries);
};
const asSet: Rule = ([items], { spend }) => {
  const list = Array.isArray(items) ? items : [];
  spend(list.length);
  return new Set(list);
};

function isPair(value: PickleValue): value is [PickleValue, PickleValue] {
  return Array.isArray(value) && value.length === 2;
}

const emptyNumpy = (): NumpyValue => ({
  type: 'numpy',
  dtype: 'f4',
  bigEndian: false,
  shape: [],
  fortran: false,
  bytes: new Uint8Array(),
});

const fixed: Readonly<Record<string, Rule>> = {
  'collections.OrderedDict': asDict,
  'collections.defaultdict': () => new Map(),
  'argparse.Namespace': () => new Map(),
  'pytorch_lightning.utilities.parsing.AttributeDict': asDict,
  'torch.Size': ([sizes]) => sizes ?? [],
  'torch.device': ([name]) => name ?? null,
  'torch.nn.parameter.Parameter': ([tensor]) => tensor ?? null,
  'torch._utils._rebuild_parameter': ([tensor]) => tensor ?? null,
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch.storage._load_from_bytes': ([bytes], { path, loadBytes }) => {
    if (bytes instanceof Uint8Array) return loadBytes(bytes);
    throw dataError(path, `expected the bytes of a storage, got ${describeValue(bytes)}`);
  },
  '_codecs.encode': encodeLatin1,
  'builtins.set': asSet,
  'builtins.frozenset': asSet,
  '__builtin__.set': asSet,
  '__builtin__.frozenset': asSet,
  'builtins.bytearray': ([bytes]) => bytes ?? new Uint8Array(),
  '__builtin__.bytearray': ([bytes]) => bytes ?? new Uint8Array(),
  'numpy.ndarray': emptyNumpy,
  'numpy.dtype': ([name]) => ({ ...emptyNumpy(), dtype: String(name) }),
};
const numpyRules: Readonly<Record<string, Rule>> = {
  'multiarray._reconstruct': emptyNumpy,
  'multiarray.scalar': ([dtype, bytes]) => {
    const { dtype: name = 'f4', bigEndian = false } = (dtype ?? {}) as Partial<NumpyValue>;
    const content = bytes instanceof Uint8Array ? bytes : new Uint8Array();
    return { ...emptyNumpy(), dtype: name, bigEndian, bytes: content };
  },
};

/** Python's own types, which are named in checkpoints as the values of settings. */
const plainTypes =
  /^(?:builtins|__builtin__)\.(?:object|type|int|float|complex|bool|str|bytes|unicode|long|list|tuple|dict|slice|range|xrange|Ellipsis|NotImplemented|\w+Error|\w*Exception)$/;

/** Whoever names one of these wants something to be run: such a file is not read at all. */
const programs =
  /^(?:builtins|__builtin__|_?posix|nt|os|sys|subprocess|_posixsubprocess|commands|shutil|pty|socket|_socket|ssl|urllib|http|requests|webbrowser|ctypes|_ctypes|importlib|imp|runpy|pkgutil|code|codeop|timeit|bdb|pdb|profile|cProfile|pickle|_pickle|dill|cloudpickle|joblib|marshal|types|inspect|operator|_operator|functools\.reduce|multiprocessing|threading|asyncio|signal|gc|tempfile|zipimport|numpy\.testing|numpy\.load|torch\.load|torch\.hub|torch\.jit|torch\.package|torch\.utils\.cpp_extension|torch\.serialization|torch\.storage)(?:\.|$)/;

/** The rule of a global; a placeholder for one that is not on the list. @throws a data error that names a global that would run something. */
export function findGlobal(name: string, context: GlobalContext): PickleValue {
  const rule = Object.hasOwn(fixed, name) ? fixed[name] : (numpyRule(name) ?? storageRule(name));
  if (rule !== undefined) return { type: 'global', name, call: (args) => rule(args, context) };
  if ((programs.test(name) && !plainTypes.test(name)) || name.includes('.__'))
    throw refuseCall(name, context.path);
  return { type: 'opaque', name };
}

/** Says that an object of a file would have to be run to be of use. */
export function refuseCall(name: string, path: string): RadiographError {
  return dataError(
    path,
    `expected only tensors and plain containers, got a call of ${name}: refused, nothing was run (a whole model can be saved as its state_dict() instead)`,
  );
}

function numpyRule(name: string): Rule | undefined {
  const match = /^numpy\.(?:_core|core)\.(multiarray\.\w+)$/.exec(name);
  return match !== null && Object.hasOwn(numpyRules, match[1]!) ? numpyRules[match[1]!] : undefined;
}

/** A storage class is only ever named, as the dtype of a persistent id. */
function storageRule(name: string): Rule | undefined {
  if (storageDtype(name) === undefined) return undefined;
  return (_, { path }) => {
    throw dataError(path, `expected ${name} as a dtype, got a call of it`);
  };
}

/** `torch.FloatStorage` -> `float32`; undefined for any other name. */
export function storageDtype(name: string): TorchDtype | undefined {
  const key = /^torch(?:\.cuda)?\.(\w+)$/.exec(name)?.[1];
  return key !== undefined && Object.hasOwn(storageDtypes, key)
    ? storageDtypes[key as keyof typeof storageDtypes]
    : undefined;
}

/** `(storage, offset, size, stride, ...)`. */
function rebuildTensor(
  [storage, offset, shape, strides]: Args,
  { path }: GlobalContext,
): PickleValue {
  if (!isStorage(storage) || !isSize(offset) || !isSizes(shape) || !isSizes(strides))
    throw dataError(path, 'expected a tensor as storage, offset, size and stride');
  if (shape.length !== strides.length)
    throw dataError(path, `expected ${shape.length} strides, got ${strides.length}`);
  return { type: 'tensor', dtype: storage.dtype, storage, offset, shape, strides };
}

function isSize(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isSizes(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every(isSize);
}

/** How protocols 0 to 2 write bytes: as text whose characters are the bytes. */
function encodeLatin1([text, encoding]: Args, { path, spend }: GlobalContext): PickleValue {
  if (typeof text !== 'string' || (encoding !== 'latin1' && encoding !== 'latin-1'))
    throw dataError(path, `expected text in latin1, got ${describeValue(encoding)}`);
  spend(text.length);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The storage that a persistent id `('storage', class, key, location, count)` speaks of. */
export function readStorageId(
  id: PickleValue,
  path: string,
): { readonly dtype: TorchDtype; readonly key: string; readonly byteLength: number } {
  const [tag, type, key, , count] = Array.isArray(id) ? id : [];
  const name = typeof type === 'object' && type !== null && 'name' in type ? String(type.name) : '';
  const dtype = storageDtype(name);
  if (tag !== 'storage' || dtype === undefined || typeof key !== 'string' || !isSize(count))
    throw dataError(
      path,
      `expected the id of a storage, got ${describeValue(id)} of ${describeValue(tag)}`,
    );
  return { dtype, key, byteLength: count * elementSize(dtype) };
}

/** `BUILD`: gives an object its state. Only numpy values and attribute holders have any; metadata of dicts is dropped. */
export function buildState(target: PickleValue, state: PickleValue, path: string): void {
  if (target instanceof Map) {
    if (state instanceof Map && target.size === 0) for (const [k, v] of state) target.set(k, v);
    return;
  }
  if (isTensor(target) || isOpaque(target)) return; // hooks and requires_grad; the state of a stranger
  if (!isNumpy(target))
    throw dataError(
      path,
      `expected no state for ${describeValue(target)}, got ${describeValue(state)}`,
    );
  buildNumpy(target, Array.isArray(state) ? state : [], path);
}

/** A dtype's byte order, or `(version, shape, dtype, is Fortran's order, bytes)` of an array. */
function buildNumpy(
  target: NumpyValue,
  [, second, third, fourth, fifth]: readonly PickleValue[],
  path: string,
): void {
  if (typeof second === 'string') target.bigEndian = second === '>';
  if (!isSizes(second)) return;
  if (!isNumpy(third)) throw dataError(path, `expected a numpy dtype, got ${describeValue(third)}`);
  if (!(fifth instanceof Uint8Array))
    throw dataError(path, `expected a numpy array of numbers, got one of ${describeValue(fifth)}`);
  const { dtype, bigEndian } = third;
  Object.assign(target, {
    shape: second,
    dtype,
    bigEndian,
    fortran: fourth === true,
    bytes: fifth,
  });
}
