/** Weight files of every kind -> float32 tensors by name, and what the file says beside them. */
import { dataError } from '@radiograph/graph';
import { asDataError } from '../as-data-error.ts';
import { type ReadBeside, readOnnxFile } from './onnx.ts';
import { renameKeys } from './rename-keys.ts';
import { readSafetensorsFile } from './safetensors.ts';
import { readTorchWeights, type WeightsFile } from './state-dict.ts';

type Reader = (bytes: Uint8Array, path: string, beside: ReadBeside) => WeightsFile;

const readers: Readonly<Record<string, Reader>> = {
  safetensors: readSafetensorsFile,
  onnx: readOnnxFile,
  pth: readTorchWeights,
  pt: readTorchWeights,
  ckpt: readTorchWeights,
  bin: readTorchWeights,
  tar: readTorchWeights, // MoCo's and others' `.pth.tar` are files of torch.save
};

/**
 * Reads `.safetensors`, `.pth`, `.pt`, `.ckpt`, `.bin`, `.pth.tar` (torch.save, without running anything) and the initializers of `.onnx`.
 *
 * float32 whatever the file's dtype; names as `renameKeys` leaves them. `beside` opens the files that hold an ONNX model's large tensors.
 * @throws a data error at `path`, whatever the bytes.
 */
export function readWeights(
  bytes: Uint8Array,
  path: string,
  beside: ReadBeside = refuseBeside(path),
): WeightsFile {
  const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  const read = Object.hasOwn(readers, extension) ? readers[extension] : undefined;
  if (read === undefined)
    throw dataError(
      path,
      `expected a file .${Object.keys(readers).join(', .')}, got .${extension}`,
    );
  return asDataError(path, 'a file of weights', () => {
    const { weights, metadata } = read(bytes, path, beside);
    const names = renameKeys([...weights.keys()], path);
    const kept = [...weights].flatMap(([name, weight]) => {
      const renamed = names.get(name);
      return renamed === undefined ? [] : [[renamed, weight] as const];
    });
    return { weights: new Map(kept), metadata };
  });
}

const refuseBeside =
  (path: string): ReadBeside =>
  (name) => {
    throw dataError(path, `expected all data in one file, got some in ${name}`);
  };
