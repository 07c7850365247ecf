/** Builds an ONNX model: names tensors, shares equal constants, and writes the protobuf. */
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import type { DType } from '../ir/op.ts';
import type { Shape } from '../shape.ts';
import {
  type AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from './generated/onnx_pb.js';
import type { Kernels } from './kernels.ts';

/** The name of a tensor in the ONNX graph. */
export type Name = string;
export type Attribute = number | string | readonly number[] | { readonly float: number };

/** What lowering rules write to. */
export type OnnxBuilder = {
  /** What the kernels that will run the model can do. */
  readonly kernels: Kernels;
  /** Names the nodes that follow, for profiles and messages: `operation#number of ours.number of theirs`. */
  begin(label: string): void;
  /** Emits one node; returns the name of its first output. `outputs` names them, otherwise one is made up. */
  emit(
    op: string,
    inputs: readonly Name[],
    attributes?: Readonly<Record<string, Attribute>>,
    outputs?: readonly Name[],
  ): Name;
  /** A float constant; equal small ones are shared. */
  floats(data: Float32Array, shape: Shape): Name;
  /** A constant filled with one value. */
  filled(value: number, shape: Shape): Name;
  /** An int64 vector. */
  ints(values: readonly number[]): Name;
  /** A tensor fed from outside. */
  input(name: Name, shape: Shape): void;
  /** A float tensor of the model under a name of its own, which readers of the file find. */
  stored(name: Name, data: Float32Array, shape: Shape): void;
  /** Marks a tensor as a result. */
  output(name: Name, shape: Shape, dtype: DType): void;
  /** The serialized model, with these texts as its metadata. */
  finish(metadata: Readonly<Record<string, string>>): Uint8Array;
};

const opsets = [
  { domain: '', version: 17n }, // BatchNormalization, Resize and ReduceSum in the forms the rules use
  { domain: 'com.microsoft', version: 1n }, // ONNX Runtime's own combinations of standard operators
];
const shareableLength = 4096;

/** Starts an empty model for a provider's kernels. */
export function createOnnxBuilder(kernels: Kernels): OnnxBuilder {
  const nodes: MessageInitShape<typeof NodeProtoSchema>[] = [];
  const initializers: MessageInitShape<typeof TensorProtoSchema>[] = [];
  const inputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  const outputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  const shared = new Map<string, Name>();
  let count = 0;
  let label = '';
  const fresh = (prefix: string): Name => `${prefix}${count++}`;

  function share(
    key: string | undefined,
    make: (name: Name) => MessageInitShape<typeof TensorProtoSchema>,
  ): Name {
    const known = key === undefined ? undefined : shared.get(key);
    if (known !== undefined) return known;
    const name = fresh('c');
    initializers.push(make(name));
    if (key !== undefined) shared.set(key, name);
    return name;
  }

  function floats(data: Float32Array, shape: Shape): Name {
    const key =
      data.length <= shareableLength
        ? `f${shape}:${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}`
        : undefined;
    return share(key, (name) => floatTensor(name, data, shape));
  }

  return {
    kernels,
    begin: (next) => {
      label = next;
    },
    emit(opType, input, attributes = {}, output = [fresh('t')]) {
      nodes.push({
        name: `${label}.${nodes.length}`,
        ...nodeOf(opType, input, output, attributes),
      });
      return output[0]!;
    },
    floats,
    filled: (value, shape) =>
      share(`v${shape}:${value}`, (name) => {
        const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value);
        return floatTensor(name, data, shape);
      }),
    ints: (values) =>
      share(`i${values}`, (name) => ({
        name,
        dataType: DataType.INT64,
        dims: [BigInt(values.length)],
        int64Data: values.map(BigInt),
      })),
    input: (name, shape) => void inputs.push(valueInfo(name, shape, 'float32')),
    stored: (name, data, shape) => void initializers.push(floatTensor(name, data, shape)),
    output: (name, shape, dtype) => void outputs.push(valueInfo(name, shape, dtype)),
    finish(metadata) {
      const results = { input: inputs, output: outputs };
      const graph = { name: 'radiograph', node: nodes, initializer: initializers, ...results };
      const metadataProps = Object.entries(metadata).map(([key, value]) => ({ key, value }));
      const head = { irVersion: 8n, opsetImport: opsets, producerName: 'radiograph' };
      const model = create(ModelProtoSchema, { ...head, graph, metadataProps });
      return toBinary(ModelProtoSchema, model);
    },
  };
}

function floatTensor(
  name: Name,
  data: Float32Array,
  shape: Shape,
): MessageInitShape<typeof TensorProtoSchema> {
  return { name, dataType: DataType.FLOAT, dims: shape.map(BigInt), rawData: bytesOf(data) };
}

function nodeOf(
  opType: string,
  input: readonly Name[],
  output: readonly Name[],
  attributes: Readonly<Record<string, Attribute>>,
): MessageInitShape<typeof NodeProtoSchema> {
  return {
    opType,
    domain: opType.startsWith('Fused') ? 'com.microsoft' : '',
    input: [...input],
    output: [...output],
    attribute: Object.entries(attributes).map(([name, value]) => toAttribute(name, value)),
  };
}

function bytesOf(data: Float32Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function valueInfo(
  name: Name,
  shape: Shape,
  dtype: DType,
): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape.map((side) => ({ value: { case: 'dimValue' as const, value: BigInt(side) } }));
  const elemType = dtype === 'bool' ? DataType.BOOL : DataType.FLOAT;
  return { name, type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } } };
}

function toAttribute(
  name: string,
  value: Attribute,
): MessageInitShape<typeof AttributeProtoSchema> {
  if (typeof value === 'string')
    return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: BigInt(value) };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: value.map(BigInt) };
}
