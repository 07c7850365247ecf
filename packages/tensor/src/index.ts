export { gradients, stopGradient } from './autodiff/gradients.ts';
export { createSession, type Session } from './backends/ort.ts';
export { NonFiniteLossError, SafetensorsError, ShapeError, WeightsError } from './errors.ts';
export type { OpName, OpParams } from './ir/op.ts';
export { printProgram } from './ir/print.ts';
export type { Program, Sym } from './ir/program.ts';
export { verifyProgram } from './ir/verify.ts';
export {
  batchNorm,
  type ConvLayerOptions,
  conv,
  dense,
  dropout,
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
  exp,
  greater,
  log,
  maximum,
  minimum,
  mul,
  neg,
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
  resizeBilinear,
} from './ops/image.ts';
export { concat, expand, reshape, slice, transpose } from './ops/layout.ts';
export {
  addBias,
  channelSum,
  linear,
  matmul,
  mean,
  scaleChannels,
  softmax,
  sum,
} from './ops/reduce.ts';
export { adam, type Optimizer, sgd } from './optimizers/optimizer.ts';
export {
  createPredictor,
  declareWeights,
  type Forward,
  initializeWeights,
  type Predictor,
} from './predict.ts';
export type { Init } from './random/init.ts';
export { createRandom, type Random } from './random/philox.ts';
export { readSafetensors, writeSafetensors } from './safetensors.ts';
export type { Shape } from './shape.ts';
export { createTrainer, type StepResult, type Trainer, type TrainerState } from './train.ts';
