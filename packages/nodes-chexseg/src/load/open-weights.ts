/** A file of weights as nodes open it, with the files beside it that an ONNX model keeps its data in. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readWeights, type WeightsFile } from '@radiograph/formats';
import { dataError, type NodeContext } from '@radiograph/graph';

export type OpenedWeights = WeightsFile & { readonly path: string };

/** @throws a data error for a file that is not there or that is no file of weights. */
export async function openWeights(file: string, context: NodeContext): Promise<OpenedWeights> {
  const path = context.resolvePath(file);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw dataError(path, 'expected a file of weights, got nothing that can be read', { cause });
  });
  const beside = (name: string): Uint8Array => {
    const place = join(dirname(path), name);
    try {
      return readFileSync(place);
    } catch (cause) {
      throw dataError(place, `expected the data of ${path}, got nothing that can be read`, {
        cause,
      });
    }
  };
  return { ...readWeights(bytes, path, beside), path };
}
