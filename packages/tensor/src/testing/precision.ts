/**
 * How exact every operation is: the table of SPEC.md and the tolerances of the contract suite. Total over the operations: a new
 * one without an entry does not compile.
 */
import type { OpName } from '../ir/op.ts';

type Precision = {
  /** How far engines may differ, relative to the largest value of a result or 1; 0 is equality. */
  readonly tolerance: number;
  readonly accumulation: string;
};

const moves: Precision = { tolerance: 0, accumulation: 'none: values are moved or chosen' };
const logic: Precision = { tolerance: 0, accumulation: 'none: exact' };
const rounded: Precision = { tolerance: 2e-7, accumulation: 'none: one float32 rounding' };
const series: Precision = {
  tolerance: 1e-6,
  accumulation: "none: the engine's approximation, a few roundings",
};
const sums: Precision = {
  tolerance: 1e-5,
  accumulation: 'float32 sums in an order of the engine, for equal threads always the same',
};
const products: Precision = {
  tolerance: 1e-5,
  accumulation: 'float32 sums of products, fused multiply-add where the processor has it',
};
const statistics: Precision = {
  tolerance: 1e-5,
  accumulation: 'float32 sums over each map, then over the batch; see L5 for the variance',
};

export const precisions: { readonly [K in OpName]: Precision } = {
  input: moves,
  constant: moves,
  add: rounded,
  sub: rounded,
  mul: rounded,
  div: rounded,
  maximum: moves,
  minimum: moves,
  greater: logic,
  greaterEqual: logic,
  equal: logic,
  and: logic,
  not: logic,
  where: moves,
  neg: moves,
  exp: series,
  log: series,
  sqrt: rounded,
  abs: moves,
  sign: logic,
  relu: moves,
  reluGrad: moves,
  sigmoid: series,
  softplus: series,
  clip: moves,
  detach: moves,
  reshape: moves,
  transpose: moves,
  expand: moves,
  concat: moves,
  slice: moves,
  pad: moves,
  gather: moves,
  scatterAdd: sums,
  sum: sums,
  max: moves,
  channelSum: sums,
  matmul: products,
  softmax: sums,
  conv2d: products,
  conv2dInputGrad: products,
  conv2dFilterGrad: products,
  maxPool: moves,
  maxPoolGrad: sums,
  avgPool: sums,
  avgPoolGrad: rounded,
  globalAvgPool: sums,
  resize: products,
  resizeGrad: products,
  channelMean: statistics,
  channelVariance: statistics,
  batchNorm: series,
  batchNormTrain: statistics,
  batchNormInputGrad: statistics,
  batchNormWeightGrad: statistics,
};

/** The table as Markdown, operations of equal precision in one row. */
export function printPrecisions(): string {
  const rows = new Map<Precision, string[]>();
  for (const [op, precision] of Object.entries(precisions))
    rows.set(precision, [...(rows.get(precision) ?? []), `\`${op}\``]);
  const lines = [...rows].map(
    ([{ tolerance, accumulation }, ops]) =>
      `| ${ops.join(', ')} | ${tolerance} | ${accumulation} |`,
  );
  return ['| Operations | Tolerance | Accumulation |', '| --- | --- | --- |', ...lines].join('\n');
}
