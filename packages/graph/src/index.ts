export { assertNodes } from './blame.ts';
export type { Checkpoint, SavedArray, SavedState } from './checkpoint.ts';
export { closureOf } from './closure.ts';
export { type DocumentChange, diffDocuments } from './diff.ts';
export {
  type DocumentEdge,
  type DocumentNode,
  type GraphDocument,
  type Group,
  type Note,
  parseDocument,
  printDocument,
  type SweepSettings,
  splitReference,
  toProblem,
  type VariantValue,
} from './document.ts';
export {
  dataError,
  type ErrorCode,
  mostPrinted,
  type Problem,
  printProblem,
  RadiographError,
} from './errors.ts';
export { canonicalJson, deriveSeed, sha256Hex } from './fingerprint.ts';
export { parseJsonText } from './json-text.ts';
export { describeKind, describeKinds, installKind, type KindDescription } from './kind.ts';
export { type MergeConflict, type Merged, mergeDocuments } from './merge.ts';
export {
  type CancelSignal,
  type Dependence,
  defineNode,
  type NodeContext,
  type NodeDefinition,
  type NodeType,
  type PreviewSample,
  type Progress,
  type Shards,
  type Source,
  type SourceList,
} from './node-type.ts';
export { explainKey, findParam, setParams } from './override.ts';
export {
  diffParts,
  digestSources,
  type Plan,
  type PlanServices,
  planGraph,
  type Resolution,
  type RunCause,
  resolveStep,
  runCauses,
  type Step,
  type StepParts,
  type StepRecord,
  stepKey,
} from './plan.ts';
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
  type SampleKind,
  type SampleKinds,
  type SampleRange,
} from './port.ts';
export {
  createRegistry,
  describeNodeType,
  type NodeDescription,
  type Registry,
} from './registry.ts';
export { listAccepted, nearestName } from './suggest.ts';
export {
  checkGraph,
  type Graph,
  type GraphNode,
  validateGraph,
  validateSound,
  type Wire,
} from './validate.ts';
export { applyVariants, type Cell, wireName } from './variant.ts';
