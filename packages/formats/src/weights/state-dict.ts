/** Checkpoints of the field -> weights and settings (method.md a.4, b.1). */
import { dataError, type RadiographError } from '@radiograph/graph';
import type { WeightTensor } from '@radiograph/kinds';
import { refuseCall } from '../pickle/globals.ts';
import {
  describeValue,
  isOpaque,
  isTensor,
  type PickleDict,
  type PickleValue,
} from '../pickle/value.ts';
import { readTorch } from '../torch/read-torch.ts';
import { readTensor, type TorchTensor } from '../torch/tensor.ts';

export type Weights = ReadonlyMap<string, WeightTensor>;

/** What a file of weights says. */
export type WeightsFile = {
  readonly weights: Weights;
  /** Texts beside the tensors: those of safetensors and ONNX, the simple settings of a checkpoint. */
  readonly metadata: Readonly<Record<string, string>>;
};

// Where training scripts keep the weights inside what they save; the first that is there counts.
const places = [
  ...['state_dict', 'model_state_dict', 'model_state', 'model_state_dict_ema', 'ema_state_dict'],
  ...[
    'network',
    'model',
    'net',
    'module',
    'encoder',
    'backbone',
    'classifier',
    'teacher',
    'student',
  ],
  ...['params', 'weights'],
];

/**
 * Weights of a `.pth`, `.pt` or `.ckpt` file: a state_dict, alone or inside a checkpoint. Names as written.
 *
 * float32, whatever the file's dtype. @throws a data error at `path` for a file without weights, and for a pickle that would run anything.
 */
export function readTorchWeights(bytes: Uint8Array, path: string): WeightsFile {
  const value = readTorch(bytes, path);
  const dict = findStateDict(value, 0);
  if (dict === undefined) throw explainMissing(value, path);
  const tensors = [...dict].filter((entry): entry is [string, TorchTensor] => {
    return typeof entry[0] === 'string' && isTensor(entry[1]);
  });
  assertModest(tensors, bytes.length, path);
  const weights = tensors.map(([name, tensor]): [string, WeightTensor] => [
    name,
    readTensor(tensor, `${path} ${name}`),
  ]);
  return { weights: new Map(weights), metadata: readSettings(value) };
}

function explainMissing(value: PickleValue, path: string): RadiographError {
  const inside = value instanceof Map ? [value, ...value.values()] : [value];
  const stranger = inside.find(isOpaque);
  if (stranger !== undefined) return refuseCall(stranger.name, path);
  const keys =
    value instanceof Map
      ? ` with ${[...value.keys()].slice(0, 8).map(describeValue).join(', ')}`
      : '';
  return dataError(
    path,
    `expected a state_dict of tensors, alone or under ${places.slice(0, 3).join(', ')} or the like, got ${describeValue(value)}${keys}`,
  );
}

const mostGrowth = 16; // int8 becomes float32, and several names may share a storage
const smallBytes = 2 ** 26;

/** Views with a stride of 0, or many of one storage, can ask for more memory than any file holds. */
function assertModest(
  tensors: readonly (readonly [string, TorchTensor])[],
  size: number,
  path: string,
): void {
  const total = tensors.reduce(
    (sum, [, { shape }]) => sum + 4 * shape.reduce((product, side) => product * side, 1),
    0,
  );
  const most = mostGrowth * size + smallBytes;
  if (total <= most) return;
  throw dataError(
    path,
    `expected tensors of at most ${most} bytes in a file of ${size}, got ${total}`,
  );
}

/** Simple settings of a checkpoint, by name, wherever scripts keep them: Lightning's `hyper_parameters`, `args`, `config`. */
function readSettings(value: PickleValue | undefined, depth = 0): Record<string, string> {
  if (!(value instanceof Map) || depth > deepest) return {};
  const found: Record<string, string> = {};
  for (const [name, entry] of value) {
    if (typeof name !== 'string' || name === '__proto__') continue;
    if (settings.has(name)) Object.assign(found, readSettings(entry, depth + 1));
    else if (depth > 0 && entry instanceof Map)
      Object.assign(found, readSettings(entry, depth + 1));
    else if (depth > 0 && (typeof entry === 'number' || typeof entry === 'string'))
      found[name] = String(entry);
  }
  return found;
}

const settings = new Set(['hyper_parameters', 'hparams', 'args', 'config', 'cfg', 'model_args']);
const deepest = 4;

function findStateDict(value: PickleValue | undefined, depth: number): PickleDict | undefined {
  if (!(value instanceof Map) || depth > deepest) return undefined;
  if ([...value.values()].some((entry) => isTensor(entry))) return value;
  for (const key of places) {
    const found = findStateDict(value.get(key), depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
