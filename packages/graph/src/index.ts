export {
  dataError,
  type ErrorCode,
  type Problem,
  printProblem,
  RadiographError,
} from './errors.ts';
export {
  type CancelSignal,
  type Dependence,
  defineNode,
  type NodeContext,
  type NodeDefinition,
  type NodeType,
  type Progress,
} from './node-type.ts';
export {
  type Arity,
  explainMismatch,
  type InputsOf,
  type Labeled,
  many,
  type OutputsOf,
  optional,
  type Port,
  type PortKind,
  type Ports,
  type PortValues,
  port,
  portKinds,
} from './port.ts';
export {
  type FrameTransform,
  fitLetterbox,
  identityFrame,
  type Letterbox,
  letterboxTransform,
  type Size,
} from './values/frame.ts';
export { decodeRle, emptyRle, encodeRle, rleArea } from './values/rle.ts';
export { labelsFor, masksFor, maximumPixel, pixelsOf, selectImages } from './values/select.ts';
export type * from './values/values.ts';
