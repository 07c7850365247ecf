/** Events of a run -> how each of its steps stands. Pure: the same events give the same state, live or read again. */
import type { RunEvent, SampleReport } from '@radiograph/api';

export type StepProgress = {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly rate: number | null;
  readonly secondsLeft: number | null;
};

/** One value of a metric after `done` units. */
export type CurvePoint = readonly [done: number, value: number];

/** How a step stands. `stopped`: the run ended before the step did. */
export type StepState = {
  readonly status: 'running' | 'ran' | 'reused' | 'skipped' | 'failed' | 'stopped';
  readonly reason: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly seconds: number | null;
  readonly progress: StepProgress | null;
  readonly log: readonly { readonly time: string; readonly message: string }[];
  /** Metrics that the step reported on its way, by name. */
  readonly curves: Readonly<Record<string, readonly CurvePoint[]>>;
  /** What its unfinished work looked like last. */
  readonly samples: readonly SampleReport[];
  readonly error: string | null;
};

export type RunState = {
  readonly runId: string;
  readonly status: 'running' | 'done' | 'failed' | 'canceled';
  /** Steps of the plan, with those that are reused or skipped. */
  readonly stepCount: number;
  readonly steps: ReadonlyMap<string, StepState>;
  readonly lastEventId: number;
  readonly seconds: number | null;
  readonly error: string | null;
};

const newStep: StepState = {
  status: 'running',
  reason: '',
  outputs: {},
  seconds: null,
  progress: null,
  log: [],
  curves: {},
  samples: [],
  error: null,
};

const keptLines = 500;
const keptPoints = 2000;

/** A run of which nothing is known yet. */
export function emptyRun(runId: string): RunState {
  return {
    runId,
    status: 'running',
    stepCount: 0,
    steps: new Map(),
    lastEventId: 0,
    seconds: null,
    error: null,
  };
}

type Reducer<T extends RunEvent['type']> = (
  run: RunState,
  event: Extract<RunEvent, { type: T }>,
) => RunState;

const reducers: { readonly [T in RunEvent['type']]: Reducer<T> } = {
  'run-started': (run, { steps }) => ({ ...run, stepCount: steps }),
  'step-reused': (run, { nodeId, reason, outputs }) =>
    withStep(run, nodeId, () => ({ ...newStep, status: 'reused', reason, outputs })),
  'step-skipped': (run, { nodeId, reason }) =>
    withStep(run, nodeId, () => ({ ...newStep, status: 'skipped', reason })),
  'step-started': (run, { nodeId, reason }) =>
    withStep(run, nodeId, () => ({ ...newStep, reason })),
  'step-progress': (run, event) => withStep(run, event.nodeId, (step) => takeProgress(step, event)),
  'step-preview': (run, { nodeId, samples }) =>
    withStep(run, nodeId, (step) => ({ ...step, samples })),
  'step-log': (run, { nodeId, time, message }) =>
    withStep(run, nodeId, (step) => ({
      ...step,
      log: [...step.log, { time, message }].slice(-keptLines),
    })),
  'step-noted': (run, { nodeId, time, facts }) =>
    withStep(run, nodeId, (step) => {
      const message = Object.entries(facts)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ');
      return { ...step, log: [...step.log, { time, message }].slice(-keptLines) };
    }),
  'step-finished': (run, { nodeId, seconds, outputs }) =>
    withStep(run, nodeId, (step) => ({ ...step, status: 'ran', seconds, outputs })),
  'step-failed': (run, { nodeId, error }) =>
    withStep(run, nodeId, (step) => ({ ...step, status: 'failed', error: error.message })),
  'run-finished': (run, { status, seconds, error }) => ({
    ...run,
    status,
    seconds,
    error: error?.message ?? null,
    steps: new Map([...run.steps].map(([id, step]) => [id, stopped(step)])),
  }),
};

/** The state after an event. An event that was already taken changes nothing. */
export function takeEvent(run: RunState, event: RunEvent): RunState {
  if (event.id <= run.lastEventId) return run;
  const reduce = reducers[event.type] as (run: RunState, event: never) => RunState; // the table pairs types with their events
  return { ...reduce(run, event as never), lastEventId: event.id };
}

function withStep(run: RunState, nodeId: string, change: (step: StepState) => StepState): RunState {
  const step = change(run.steps.get(nodeId) ?? newStep);
  return { ...run, steps: new Map(run.steps).set(nodeId, step) };
}

function takeProgress(
  step: StepState,
  event: Extract<RunEvent, { type: 'step-progress' }>,
): StepState {
  const { done, total, unit, rate, secondsLeft, metrics } = event;
  const curves = { ...step.curves };
  for (const [name, value] of Object.entries(metrics))
    curves[name] = thin([...(curves[name] ?? []), [done, value]]);
  return { ...step, progress: { done, total, unit, rate, secondsLeft }, curves };
}

/** A curve that grows too long loses every second point. */
function thin(points: readonly CurvePoint[]): readonly CurvePoint[] {
  return points.length <= keptPoints ? points : points.filter((_, index) => index % 2 === 0);
}

const stopped = (step: StepState): StepState =>
  step.status === 'running' ? { ...step, status: 'stopped' } : step;

/** How much of the run is done, 0..1: finished steps and the share of those that run. */
export function shareDone({ steps, stepCount, status }: RunState): number {
  if (status === 'done') return 1;
  let done = 0;
  for (const { status: state, progress } of steps.values()) {
    if (state === 'running') done += progress === null ? 0 : progress.done / progress.total;
    else done++;
  }
  return stepCount === 0 ? 0 : Math.min(1, done / stepCount);
}
