export { listCells, type SweepCell, type SweepRequest } from './cells/list-cells.ts';
export { nameArms } from './compare/arm-names.ts';
export {
  type Experiment,
  type ExperimentPlace,
  listMembers,
  type Member,
  membersOfRuns,
  openExperiment,
} from './compare/experiment.ts';
export { type Comparison, compareExperiment } from './compare/tabulate.ts';
export { type Estimate, sumEstimates } from './plan/estimate.ts';
export type { SweepJob } from './plan/group-jobs.ts';
export type { SweepPlan, SweepTask } from './plan/plan-sweep.ts';
export { type ReportOptions, writeReport } from './report/write-report.ts';
export type { SweepEvent } from './run/events.ts';
export type { Executor } from './run/executor.ts';
export { createLocalExecutor, type LocalOptions } from './run/local.ts';
export { openSweep, type SweepOptions, startSweep } from './run/start-sweep.ts';
export { type CellState, readSweepDetails, type SweepDetails } from './run/sweep-details.ts';
export {
  type CellResult,
  readSweep,
  readSweptGraph,
  type SweepResult,
  type SweepSummary,
  summarizeSweeps,
} from './run/sweep-record.ts';
export { serveJob } from './slurm/serve-job.ts';
export { SlurmSettings } from './slurm/settings.ts';
export { createSlurmExecutor } from './slurm/slurm-executor.ts';
export { trackRun } from './track/track-run.ts';
export { trackSweep } from './track/track-sweep.ts';
export type { Tracker } from './track/tracker.ts';
export { openTracker, trackerKinds } from './track/trackers.ts';
