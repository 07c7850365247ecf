/** The stored tensors of an ONNX file, for readers of weights. */
import { fromBinary } from '@bufbuild/protobuf';
import { TensorProto_DataType as DataType, ModelProtoSchema } from './generated/onnx_pb.js';

/** Element types that a weight may have. */
export type OnnxDtype = 'float32' | 'float64' | 'float16' | 'bfloat16' | 'int64' | 'int32';

/** A stored tensor: little-endian bytes, row-major. `dtype` undefined = another element type. */
export type OnnxInitializer = {
  readonly name: string;
  readonly dtype: OnnxDtype | undefined;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
};

const dtypes: ReadonlyMap<number, OnnxDtype> = new Map([
  [DataType.FLOAT, 'float32'],
  [DataType.DOUBLE, 'float64'],
  [DataType.FLOAT16, 'float16'],
  [DataType.BFLOAT16, 'bfloat16'],
  [DataType.INT64, 'int64'],
  [DataType.INT32, 'int32'],
]);

/** Reads the initializers of a model. Tensors kept in other files have no bytes. @throws the protobuf decoder's error for other bytes. */
export function readOnnxInitializers(bytes: Uint8Array): OnnxInitializer[] {
  const { graph } = fromBinary(ModelProtoSchema, bytes);
  return (graph?.initializer ?? []).map(({ name, dataType, dims, rawData, floatData }) => ({
    name,
    dtype: dtypes.get(dataType),
    shape: dims.map(Number),
    // float32 may be a list of numbers instead; other types come as bytes from every exporter we know.
    bytes: floatData.length > 0 ? new Uint8Array(Float32Array.from(floatData).buffer) : rawData,
  }));
}
