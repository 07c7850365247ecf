/** Runs a graph in a worker process, passes its events on, and says how the process died. */
import { printDocument } from '@radiograph/graph';
import { defaultPace } from '../checkpoint/checkpoints.ts';
import type { ErrorReport, NewEvent } from '../execute/events.ts';
import type { Outcome } from '../execute/execute.ts';
import type { RunOptions } from './start-run.ts';
import type { Job } from './worker.ts';
import { type Death, forkWorker, type Served, type WorkerProcess } from './worker-process.ts';

// What has never shown a sign is killed, and its run over, within 2 s; a training gets the time of its next batch, so that it keeps its
// checkpoint, yet less than the 30 s that Slurm leaves it.
const leastGraceMs = 1500;
const mostGraceMs = 25_000;
const defaultJobs = 2; // node code shares a thread: more would mostly hold more memory

type Emit = (event: NewEvent) => void;

/** Runs a graph in a process of its own, or in one that `workers` has kept. Never throws: a death is an outcome. */
export async function runInWorker(options: RunOptions, emit: Emit): Promise<Outcome> {
  const { workers } = options;
  const worker = workers?.take() ?? forkWorker(options);
  const run = followRun(emit);
  const isFirst = worker.served() === 0;
  const served = await attempt(worker, run, options);
  await (workers?.giveBack(worker, served) ?? worker.close());
  if (served.type === 'outcome') return served.outcome;
  const isCanceled = options.signal?.aborted === true;
  if (isCanceled) return explainCancel(served.death, run, options);
  if (isFirst) return explainDeath(served.death, run.running);
  // What earlier runs left in the process may have killed it; that must not cost this run a step.
  run.beginAgain(
    `the worker process ${describeDeath(served.death)} after it had served other runs`,
  );
  return runInWorker({ ...options, workers: undefined }, run.onEvent);
}

function attempt(worker: WorkerProcess, run: FollowedRun, options: RunOptions): Promise<Served> {
  const { signal } = options;
  const { onEvent, onLine } = run;
  const graceMs = () => graceOf(options, run);
  return worker.serve({ job: describeJob(options), onEvent, onLine, signal, graceMs });
}

function describeJob(options: RunOptions): Job {
  const { graph, graphPath, home, only = null, checkpointPace = defaultPace } = options;
  const { engine = 'ort', threads = null, jobs = defaultJobs } = options;
  const { memoryBytes = null, sharding = null } = options;
  const text = printDocument(graph.document);
  const limits = { threads, jobs, memoryBytes };
  return { text, graphPath, home, only, checkpointPace, engine, sharding, ...limits };
}

const graceOf = (options: RunOptions, run: FollowedRun): number =>
  options.graceMs ?? Math.min(Math.max(leastGraceMs, 2 * run.longestPauseMs()), mostGraceMs);

type FollowedRun = {
  /** Nodes of the steps that have begun and not ended. */
  readonly running: ReadonlySet<string>;
  /** How long it has sent and printed nothing. */
  readonly silentMs: () => number;
  /** The longest time between two signs of progress of a step that runs now; 0 before the first. */
  readonly longestPauseMs: () => number;
  readonly onEvent: Emit;
  readonly onLine: (line: string) => void;
  /** After a death: tells why, and hides that the second attempt reuses what the first has finished. */
  readonly beginAgain: (why: string) => void;
};

function followRun(emit: Emit): FollowedRun {
  const running = new Set<string>();
  const finished = new Set<string>();
  let latest: string | undefined;
  let signMs = performance.now();
  const pauses = followPauses();
  return {
    running,
    silentMs: () => performance.now() - signMs,
    longestPauseMs: () => pauses.longestMs(running),
    onEvent(event) {
      signMs = performance.now();
      pauses.note(event);
      if (event.type === 'step-reused' && finished.has(event.nodeId)) return;
      if (event.type === 'step-started') running.add(event.nodeId);
      if (event.type === 'step-finished' || event.type === 'step-failed')
        running.delete(event.nodeId);
      if (event.type === 'step-finished') finished.add(event.nodeId);
      latest = [...running].at(-1) ?? latest;
      emit(event);
    },
    onLine(line) {
      signMs = performance.now();
      // Of several the one that began last, for nobody can tell; pipes are slower than events, so perhaps one that has ended.
      const nodeId = [...running].at(-1) ?? latest;
      if (nodeId === undefined) process.stderr.write(`${line}\n`);
      else emit({ type: 'step-log', nodeId, message: line });
    },
    beginAgain(why) {
      for (const nodeId of running)
        emit({ type: 'step-log', nodeId, message: `${why}: begins again in a new one` });
      running.clear();
    },
  };
}

/** Of each step that has begun: when it last showed progress, and its longest pause before. */
function followPauses() {
  const steps = new Map<string, { lastMs: number; longestMs: number }>();
  return {
    note(event: NewEvent): void {
      const now = performance.now();
      if (event.type === 'step-started') steps.set(event.nodeId, { lastMs: now, longestMs: 0 });
      const step = event.type === 'step-progress' ? steps.get(event.nodeId) : undefined;
      if (step === undefined) return;
      step.longestMs = Math.max(step.longestMs, now - step.lastMs);
      step.lastMs = now;
    },
    longestMs: (running: ReadonlySet<string>): number =>
      Math.max(0, ...[...running].map((id) => steps.get(id)?.longestMs ?? 0)),
  };
}

const deathHints: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: ' (often: out of memory; try a smaller batchSize or size)',
  SIGABRT: ' (its heap was full, or native code gave up: see the log of the node)',
  SIGSEGV: ' (native code crashed: see `radiograph doctor` for the versions in use)',
};

function describeDeath(death: Death): string {
  if (death.type === 'unborn') return `did not start: ${death.message}`;
  const { code, killedBy } = death;
  return killedBy === null ? `exited with code ${code}` : `was killed by ${killedBy}`;
}

function explainDeath(death: Death, running: ReadonlySet<string>): Outcome {
  if (death.type === 'unborn') {
    const error: ErrorReport = {
      code: 'internal',
      message: `internal: no worker: ${death.message}`,
    };
    return { status: 'failed', error };
  }
  const hint = (death.killedBy !== null && deathHints[death.killedBy]) || '';
  const error: ErrorReport = {
    code: 'node',
    message: `${placeOf(running)}: the worker process ${describeDeath(death)}${hint}; finished steps are kept, run again to continue`,
  };
  return { status: 'failed', error };
}

const placeOf = (running: ReadonlySet<string>): string =>
  running.size === 0 ? 'worker' : [...running].join(', ');

/** A node that looked up in time has let its process end by itself; of another the user must know that it hung, and where. */
function explainCancel(death: Death, run: FollowedRun, options: RunOptions): Outcome {
  const { running, silentMs } = run;
  const isKilled = death.type === 'exit' && death.killedBy === 'SIGKILL';
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const how = isKilled
    ? `; ${placeOf(running)} did not stop within ${seconds(graceOf(options, run))} and had given no sign for ${seconds(silentMs())}, so its worker process was killed; finished steps are kept`
    : '';
  const error: ErrorReport = { code: 'canceled', message: `canceled by the user${how}` };
  return { status: 'canceled', error };
}
