/** The stored tensors of an ONNX file, for readers of weights. */
import { fromBinary } from '@bufbuild/protobuf';
import {
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
} from './generated/onnx_pb.js';

/** Element types that a weight may have. */
export type OnnxDtype = 'float32' | 'float64' | 'float16' | 'bfloat16' | 'int64' | 'int32';

/** Where a tensor lies that is not in the model's own file: in a file beside it. */
export type ExternalData = {
  readonly location: string;
  readonly offset: number;
  /** Undefined: to the end of the file. */
  readonly length: number | undefined;
};

/** A stored tensor: little-endian bytes, row-major. `dtype` undefined = another element type. */
export type OnnxInitializer = {
  /** Its own name, or, where an exporter folded a layer and made one up, that of the layer: `layer1.0.conv1.weight`. */
  readonly name: string;
  readonly dtype: OnnxDtype | undefined;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array | ExternalData;
};

const dtypes: ReadonlyMap<number, OnnxDtype> = new Map([
  [DataType.FLOAT, 'float32'],
  [DataType.DOUBLE, 'float64'],
  [DataType.FLOAT16, 'float16'],
  [DataType.BFLOAT16, 'bfloat16'],
  [DataType.INT64, 'int64'],
  [DataType.INT32, 'int32'],
]);

/** Reads the initializers and the metadata of a model. @throws the protobuf decoder's error for other bytes. */
export function readOnnxInitializers(bytes: Uint8Array): {
  readonly initializers: readonly OnnxInitializer[];
  readonly metadata: Readonly<Record<string, string>>;
} {
  const { graph, metadataProps } = fromBinary(ModelProtoSchema, bytes);
  const stored = graph?.initializer ?? [];
  const names = nameByLayers(graph?.node ?? [], new Set(stored.map(({ name }) => name)));
  const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
  const initializers = stored.flatMap((tensor) => {
    const content = {
      dtype: dtypes.get(tensor.dataType),
      shape: tensor.dims.map(Number),
      bytes: readBytes(tensor),
    };
    const given = names.get(tensor.name) ?? [];
    const own = given.length > 0 && isMadeUp(tensor.name) ? given : [tensor.name, ...given];
    return own.map((name) => ({ name, ...content }));
  });
  return { initializers, metadata };
}

/** float32 may be a list of numbers instead of bytes; other types come as bytes from every exporter we know. */
function readBytes({ dataLocation, externalData, floatData, rawData }: TensorProto) {
  if (dataLocation === DataLocation.EXTERNAL) {
    const entries = new Map(externalData.map(({ key, value }) => [key, value]));
    const length = entries.get('length');
    return {
      location: entries.get('location') ?? '',
      offset: Number(entries.get('offset') ?? 0),
      length: length === undefined ? undefined : Number(length),
    };
  }
  return floatData.length > 0 ? new Uint8Array(Float32Array.from(floatData).buffer) : rawData;
}

/** What the inputs of a layer's node are, behind its maps. */
const layers: Readonly<Record<string, readonly string[]>> = {
  Conv: ['weight', 'bias'],
  Gemm: ['weight', 'bias'],
  BatchNormalization: ['weight', 'bias', 'running_mean', 'running_var'],
};

const isMadeUp = (name: string): boolean => /^(onnx::)?\w*\d+$/.test(name);

/**
 * Names of layers for tensors that have another. PyTorch's exporter folds a normalization into the convolution before it and gives the result a
 * number for a name (`onnx::Conv_193`), and of equal tensors it keeps one, which an Identity hands on under the other names. The node keeps the place of its layer: `/layer1/layer1.0/conv1/Conv`.
 */
function nameByLayers(
  nodes: readonly NodeProto[],
  stored: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  const taken = new Set(stored);
  const give = (tensor: string | undefined, wanted: string | undefined) => {
    if (tensor === undefined || wanted === undefined) return;
    if (!stored.has(tensor) || taken.has(wanted)) return;
    taken.add(wanted);
    names.set(tensor, [...(names.get(tensor) ?? []), wanted]);
  };
  for (const { opType, name, input, output } of nodes) {
    const layer = layerOf(name);
    if (opType === 'Identity') give(input[0], output[0]);
    else if (layer !== undefined)
      for (const [i, part] of (layers[opType] ?? []).entries())
        give(input[i + 1], `${layer}.${part}`);
  }
  return names;
}

/** `/layer1/layer1.0/conv1/Conv` -> `layer1.0.conv1`: the name of an entry of a list begins with that of its list. */
function layerOf(name: string): string | undefined {
  if (!name.startsWith('/')) return undefined;
  const parts = name.split('/').slice(1, -1);
  const kept = parts.filter((part, i) => !parts[i + 1]?.startsWith(`${part}.`));
  return kept.length === 0 ? undefined : kept.join('.');
}
