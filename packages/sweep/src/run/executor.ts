/** Where the jobs of a sweep run: on this machine, or on a cluster. */
import type { EndStatus, RunOptions, StepResult } from '@radiograph/runtime';
import type { SweepPlan } from '../plan/plan-sweep.ts';
import type { NewSweepEvent } from './events.ts';

/** What a job leaves. `steps` are those of its run, by node id; empty if it never ran. */
export type JobOutcome = {
  readonly job: string;
  readonly status: EndStatus;
  readonly runId: string | null;
  readonly error: string | null;
  readonly steps: Readonly<Record<string, StepResult>>;
};

/** Outcomes by job id. */
export type Outcomes = ReadonlyMap<string, JobOutcome>;

/** Everything that a run needs besides its graph. */
export type RunPlace = Pick<
  RunOptions,
  'home' | 'graphPath' | 'packages' | 'workerEntry' | 'workerArguments' | 'engine'
>;

/** A sweep that is to run. */
export type ExecutorTask = {
  readonly plan: SweepPlan;
  readonly place: RunPlace;
  /** The folder of the sweep's record. */
  readonly folder: string;
  readonly emit: (event: NewSweepEvent) => void;
  readonly signal: AbortSignal;
};

/** Runs the jobs of a plan, each after those that it needs. A failed job does not stop the others. */
export type Executor = {
  readonly name: string;
  readonly run: (task: ExecutorTask) => Promise<Outcomes>;
};
