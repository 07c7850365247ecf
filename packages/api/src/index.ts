export type {
  ArtifactSummary,
  MapLayer,
  MaskLayer,
  RocCurve,
  ScoresData,
  Statistics,
  SummaryOf,
  TableData,
} from './artifacts.ts';
export { ApiError, type Client, createClient } from './client.ts';
export type { Comparison, Difference, ScoreComparison } from './compare.ts';
export type { GraphFile, GraphSummary, PlanStep } from './graphs.ts';
export { addressOf, type Received, type Returned, type Route, type Topic } from './route.ts';
export type {
  QueueState,
  RunDetails,
  RunEvent,
  RunScores,
  RunStatus,
  RunSummary,
  SampleReport,
} from './runs.ts';
export { ActivityMessage } from './session.ts';
export type { Interval, NodeScore } from './shapes.ts';
export {
  type ArmsComparison,
  mostCells,
  type SweepCell,
  type SweepHead,
  type SweepPlan,
  type VariantCell,
} from './sweeps.ts';
export { type Api, api, Refusal } from './table.ts';
