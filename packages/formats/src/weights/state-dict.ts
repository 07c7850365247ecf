/** Checkpoints of the field -> weights under the names of torchvision (method.md a.4, b.1). */
import { dataError } from '@radiograph/graph';
import type { WeightTensor } from '@radiograph/kinds';
import { describeValue, isTensor, type PickleDict, type PickleValue } from '../pickle/value.ts';
import { readTorch } from '../torch/read-torch.ts';
import { readTensor, type TorchTensor } from '../torch/tensor.ts';
import { renameKeys } from './rename-keys.ts';

export type Weights = ReadonlyMap<string, WeightTensor>;

// Where training scripts keep the weights inside what they save.
const wrappers = ['state_dict', 'model_state_dict', 'model_state', 'model', 'net', 'weights'];

/**
 * Weights of a `.pth`, `.pt` or `.ckpt` file: a state_dict, alone or inside a checkpoint.
 *
 * float32, whatever the file's dtype; `num_batches_tracked` is left out. Names as torchvision has them (`renameKeys`).
 * @throws a data error at `path` for a file without weights, and for a pickle that would call anything.
 */
export function readTorchWeights(bytes: Uint8Array, path: string): Weights {
  const dict = findStateDict(readTorch(bytes, path));
  if (dict === undefined)
    throw dataError(
      path,
      'expected a state_dict of tensors, alone or under "state_dict", got none',
    );
  const tensors = [...dict].filter((entry): entry is [string, TorchTensor] => {
    return typeof entry[0] === 'string' && isTensor(entry[1]);
  });
  const names = renameKeys(
    tensors.map(([name]) => name),
    path,
  );
  const kept = tensors.flatMap(([name, tensor]): [string, WeightTensor][] => {
    const renamed = names.get(name);
    return renamed === undefined ? [] : [[renamed, readTensor(tensor, `${path} ${name}`)]];
  });
  if (kept.length === 0) throw dataError(path, `expected tensors, got ${describeValue(dict)}`);
  return new Map(kept);
}

/** Applies `renameKeys` to weights of any origin. */
export function renameAll(weights: Weights, path: string): Weights {
  const names = renameKeys([...weights.keys()], path);
  return new Map(
    [...weights].flatMap(([name, weight]): [string, WeightTensor][] => {
      const renamed = names.get(name);
      return renamed === undefined ? [] : [[renamed, weight]];
    }),
  );
}

function findStateDict(value: PickleValue): PickleDict | undefined {
  if (!(value instanceof Map)) return undefined;
  if ([...value.values()].some((entry) => isTensor(entry))) return value;
  for (const key of wrappers) {
    const inner = value.get(key);
    if (inner instanceof Map) return findStateDict(inner);
  }
  return undefined;
}
