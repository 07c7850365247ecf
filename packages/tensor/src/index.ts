export { gradients, stopGradient } from './autodiff/gradients.ts';
export {
  type Accelerator,
  createSession,
  type Engine,
  type EngineName,
  engineNames,
  openEngine,
  probeEngine,
  runOnEngine,
} from './backends/engine.ts';
export type { Session } from './backends/session.ts';
export { isResolvable, tfjsPackages } from './backends/tfjs.ts';
export {
  EngineError,
  MemoryError,
  NonFiniteLossError,
  SafetensorsError,
  ShapeError,
  WeightsError,
} from './errors.ts';
export type { OpName, OpParams } from './ir/op.ts';
export { printProgram } from './ir/print.ts';
export type { Program, Sym } from './ir/program.ts';
export { verifyProgram } from './ir/verify.ts';
export {
  type ExternalData,
  type OnnxInitializer,
  readOnnxInitializers,
} from './lower/onnx-initializers.ts';
export { printBytes, readMemoryLimit } from './memory/memory-limit.ts';
export { type MemoryPrediction, predictMemory } from './memory/predict-memory.ts';
export {
  batchNorm,
  type ConvLayerOptions,
  conv,
  dense,
  dropout,
  groupNorm,
  torchDefault,
} from './model/layers.ts';
export type { Scope } from './model/scope.ts';
export type { HostTensor, NamedTensors } from './model/weights.ts';
export {
  abs,
  add,
  clip,
  constant,
  div,
  equal,
  exp,
  greater,
  greaterEqual,
  indicator,
  less,
  lessEqual,
  log,
  logicalAnd,
  logicalNot,
  logicalOr,
  maximum,
  minimum,
  mul,
  neg,
  notEqual,
  relu,
  sigmoid,
  softplus,
  sqrt,
  square,
  sub,
  where,
} from './ops/elementwise.ts';
export {
  avgPool,
  conv2d,
  globalAvgPool,
  maxPool,
  normalizeBatch,
  normalizeChannels,
  normalizeGroups,
  resizeBilinear,
} from './ops/image.ts';
export { concat, expand, gather, reshape, scatterAdd, slice, transpose } from './ops/layout.ts';
export {
  addBias,
  channelSum,
  linear,
  matmul,
  max,
  mean,
  min,
  scaleChannels,
  softmax,
  sum,
} from './ops/reduce.ts';
export { kthLargest, topMean } from './ops/statistics.ts';
export { adam, type Optimizer, sgd } from './optimizers/optimizer.ts';
export {
  createPredictor,
  declareWeights,
  type Forward,
  initializeWeights,
  type Predictor,
  writeOnnx,
} from './predict.ts';
export type { Init } from './random/init.ts';
export { readSafetensors, readSafetensorsHeader, writeSafetensors } from './safetensors.ts';
export type { Shape } from './shape.ts';
export { createTrainer, type Trainer, type TrainerState } from './train.ts';
export type { StepResult } from './training/stepper.ts';
