export { type BootstrapIntervals, bootstrapMeans } from './bootstrap/bootstrap-means.ts';
export { type Interval, intervalOf, twoSidedP } from './bootstrap/interval.ts';
export type { Arm, ArmsComparison, ImageScores } from './compare/arm.ts';
export { compareArms } from './compare/compare-arms.ts';
export { type ArmGaps, type Gap, measureGaps } from './compare/gap.ts';
export { columnMeans, type Matrix, meanOf } from './mean.ts';
export {
  type CountedPairs,
  countedPairs,
  datasetIou,
  type Overlap,
  perImageIou,
} from './protocol/iou.ts';
export { createRandom, type Random } from './random/philox.ts';
export {
  countThresholds,
  curveThresholds,
  type ThresholdCounts,
  type ThresholdCurve,
} from './thresholds/count-thresholds.ts';
export { concludeArms, summarizeArms } from './words/conclude.ts';
export { type AxisValues, findCurveAxis } from './words/curve-axis.ts';
export { explainComparison } from './words/explain.ts';
export * from './words/numbers.ts';
export {
  joinIntervals,
  type ResultTable,
  tabulateArms,
  tabulateDifferences,
  tabulateGaps,
  tabulateImages,
} from './words/tables.ts';
export { countOf, describeSample, isShown, judgePair, significance } from './words/verdict.ts';
