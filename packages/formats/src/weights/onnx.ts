/** The weights of an ONNX file, and of the files beside it that hold its large tensors. */
import { basename } from 'node:path';
import { dataError } from '@radiograph/graph';
import type { WeightTensor } from '@radiograph/kinds';
import { type ExternalData, type OnnxInitializer, readOnnxInitializers } from '@radiograph/tensor';
import { asDataError } from '../as-data-error.ts';
import { readTensor } from '../torch/tensor.ts';
import { rowMajor } from './safetensors.ts';
import type { WeightsFile } from './state-dict.ts';

/** Reads a file beside the weights by its name. */
export type ReadBeside = (name: string) => Uint8Array;

/** float32 weights of a model. @throws a data error at `path`, with the name of the tensor where it is one's. */
export function readOnnxFile(bytes: Uint8Array, path: string, beside: ReadBeside): WeightsFile {
  const { initializers, metadata } = asDataError(path, 'an ONNX model', () =>
    readOnnxInitializers(bytes),
  );
  const files = new Map<string, Uint8Array>();
  const open: ReadBeside = (name) => {
    const known = files.get(name) ?? beside(name);
    files.set(name, known);
    return known;
  };
  const weights = initializers.flatMap((tensor) => readInitializer(tensor, path, open));
  return { weights: new Map(weights), metadata };
}

function readInitializer(
  { name, dtype, shape, bytes }: OnnxInitializer,
  path: string,
  open: ReadBeside,
): [string, WeightTensor][] {
  const place = `${path} ${name}`;
  if (!shape.every((side) => Number.isSafeInteger(side) && side >= 0))
    throw dataError(place, `expected the sides of a tensor, got ${shape.join('x')}`);
  if (dtype === undefined || !isLayer(name) || dtype === 'int64' || dtype === 'int32') return [];
  const content = bytes instanceof Uint8Array ? bytes : readExternal(bytes, { path, place, open });
  const storage = { type: 'storage', dtype, bytes: content } as const;
  return [[name, readTensor(rowMajor(storage, shape), place)]];
}

/** Weights are named after modules (`conv1.weight`), or by PyTorch's exporter (`onnx::Conv_12`); shapes and scalars of a graph have plain names. */
const isLayer = (name: string): boolean => name.includes('.') || name.includes('::');

type Opening = { readonly path: string; readonly place: string; readonly open: ReadBeside };

/** The file must be named after the model: then the key of a step that reads the model holds the content of both. */
function readExternal(
  { location, offset, length }: ExternalData,
  { path, place, open }: Opening,
): Uint8Array {
  const own = basename(path);
  if (!location.startsWith(own) || location === own || /[/\\\0]/.test(location))
    throw dataError(
      place,
      `expected its data in a file beside the model and named after it (${own}.data), got ${JSON.stringify(location)}: save it again with onnx.save_model(model, ${JSON.stringify(own)}, save_as_external_data=True, location=${JSON.stringify(`${own}.data`)})`,
    );
  const bytes = open(location);
  const end = length === undefined ? bytes.length : offset + length;
  if (!(offset >= 0 && end >= offset && end <= bytes.length))
    throw dataError(
      place,
      `expected bytes ${offset} to ${end} of ${location}, got a file of ${bytes.length}`,
    );
  return bytes.subarray(offset, end);
}
