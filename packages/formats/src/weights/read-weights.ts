/** Weight files of every kind -> float32 tensors under torchvision's names. */
import { dataError } from '@radiograph/graph';
import type { WeightTensor } from '@radiograph/kinds';
import { type OnnxInitializer, readOnnxInitializers } from '@radiograph/tensor';
import { readTensor } from '../torch/tensor.ts';
import { readSafetensorsFile, rowMajor } from './safetensors.ts';
import { readTorchWeights, renameAll, type Weights } from './state-dict.ts';

const readers: Readonly<Record<string, (bytes: Uint8Array, path: string) => Weights>> = {
  safetensors: (bytes, path) => renameAll(readSafetensorsFile(bytes, path), path),
  onnx: (bytes, path) => renameAll(readOnnxFile(bytes, path), path),
  pth: readTorchWeights,
  pt: readTorchWeights,
  ckpt: readTorchWeights,
  bin: readTorchWeights,
  tar: readTorchWeights, // MoCo's and others' `.pth.tar` are files of torch.save
};

/**
 * Reads `.safetensors`, `.pth`, `.pt`, `.ckpt`, `.bin`, `.pth.tar` (torch.save, without running anything) and the initializers of `.onnx`.
 *
 * float32 whatever the file's dtype; names as torchvision has them (`renameKeys`). @throws a data error at `path`.
 */
export function readWeights(bytes: Uint8Array, path: string): Weights {
  const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  const read = Object.hasOwn(readers, extension) ? readers[extension] : undefined;
  if (read === undefined)
    throw dataError(
      path,
      `expected a file .${Object.keys(readers).join(', .')}, got .${extension}`,
    );
  return read(bytes, path);
}

function readOnnxFile(bytes: Uint8Array, path: string): Weights {
  let initializers: OnnxInitializer[];
  try {
    initializers = readOnnxInitializers(bytes);
  } catch (cause) {
    throw dataError(path, `expected an ONNX model, got: ${String(cause)}`, { cause });
  }
  return new Map(
    initializers.flatMap(({ name, dtype, shape, bytes: content }): [string, WeightTensor][] => {
      if (dtype === undefined) return [];
      const storage = { type: 'storage', dtype, bytes: content } as const;
      return [[name, readTensor(rowMajor(storage, shape), `${path} ${name}`)]];
    }),
  );
}
