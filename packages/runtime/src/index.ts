export { announceGraphs } from './cache/announce.ts';
export { bytesPerSecond, type Collected, collectGarbage } from './cache/collect-garbage.ts';
export { type CachedStep, type Inventory, takeInventory } from './cache/inventory.ts';
export { type Eviction, keepWithin } from './cache/keep-within.ts';
export { listPins, pinRun, unpinRun } from './cache/pins.ts';
export { type Damage, verifyStore } from './cache/verify-store.ts';
export { type CheckpointPace, defaultPace } from './checkpoint/checkpoints.ts';
export { type ErrorReport, RunEvent } from './execute/events.ts';
export { reportError } from './execute/report-error.ts';
export type { Sharding } from './execute/shards.ts';
export { isAlive } from './lease/process-identity.ts';
export { QueuedRun, QueueState } from './queue/entry.ts';
export { openQueue, type Queue } from './queue/queue.ts';
export { type QueueChange, QueueRunner } from './queue/runner.ts';
export { csvStyle } from './run/csv-style.ts';
export { diffRuns, type RunChange } from './run/diff-runs.ts';
export { exportCrate } from './run/export-crate.ts';
export type { NamedTable } from './run/export-outputs.ts';
export { readManifest } from './run/manifest.ts';
export { PlanReport, reportPlan } from './run/plan-report.ts';
export { listRecords, makeRecord, openEventLines } from './run/record-folder.ts';
export { readRunDetails, readRunEvents, summarizeRuns } from './run/run-history.ts';
export { listRuns, type RunResult, readRun } from './run/run-record.ts';
export {
  EndStatus,
  type RunDetails,
  type RunManifest,
  type RunStatus,
  type RunSummary,
  type StepResult,
} from './run/run-shapes.ts';
export { nodeTypesOf, openServices, type Workplace } from './run/services.ts';
export { type FinishedRun, type RunOptions, startRun } from './run/start-run.ts';
export { type Mismatch, type Verification, verifyRun } from './run/verify-run.ts';
export { serveWorker } from './run/worker.ts';
export { openWorkers, type Workers } from './run/workers.ts';
export { printSchemas } from './schemas.ts';
export { checkSources } from './sources/check-sources.ts';
export type { NodePackage } from './sources/implementation-digest.ts';
export type { AnyValue, ArtifactFiles } from './store/artifacts.ts';
export {
  exists,
  isErrno,
  readTextIfPresent,
  replaceDurably,
  writeDurably,
} from './store/files.ts';
export { openStore, type Store } from './store/store.ts';
