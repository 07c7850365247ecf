/** Graph -> finished run: plans, starts a worker process if anything must run, records every event. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { type Graph, type Plan, planGraph, printDocument } from '@radiograph/graph';
import { openEngine } from '@radiograph/tensor';
import { type CheckpointPace, defaultPace } from '../checkpoint/checkpoints.ts';
import type { ErrorReport, NewEvent, RunEvent } from '../execute/events.ts';
import type { Outcome } from '../execute/execute.ts';
import { type Exported, exportOutputs } from './export-outputs.ts';
import { beginRecord, type RunRecord, type RunResult, type StepResult } from './run-record.ts';
import { openServices, type Workplace } from './services.ts';
import { trackStep } from './track-step.ts';
import type { FromWorker, Job, ToWorker } from './worker.ts';

export type RunOptions = Workplace & {
  readonly graph: Graph;
  /** A JavaScript file that calls `serveWorker` with the same packages. */
  readonly workerEntry: string;
  readonly workerArguments?: readonly string[];
  readonly only?: readonly string[];
  readonly onEvent?: (event: RunEvent) => void;
  /** Aborting asks the worker to stop at the next batch; it is killed after a grace period. */
  readonly signal?: AbortSignal;
  /** How long a canceled worker may take to stop by itself. */
  readonly graceMs?: number;
  /** Threads that the run's nodes may keep busy; default all cores. */
  readonly threads?: number;
  /** How often training nodes save their state; default every 30 seconds. */
  readonly checkpointPace?: CheckpointPace;
};

/** A finished run, in whatever way it ended. */
export type FinishedRun = Exported & { readonly result: RunResult; readonly folder: string };

const defaultGraceMs = 2000;

/** Runs a graph. Node failures are in the result; bad graphs and missing sources throw. */
export async function startRun(options: RunOptions): Promise<FinishedRun> {
  const startedMs = performance.now();
  const { store, services, save } = await openServices(options);
  const plan = await planGraph(
    options.graph,
    services,
    options.only === undefined ? {} : { only: options.only },
  );
  await save();
  const { graphPath, engine = 'ort' } = options;
  const only = options.only === undefined ? null : [...options.only];
  const record = await beginRecord(options.home, plan, { graphPath, only, engine });
  const steps: Record<string, StepResult> = {};
  const emit = (event: NewEvent): void => {
    trackStep(steps, event);
    options.onEvent?.(record.append(event));
  };
  const name = options.graph.document.name;
  const { runId } = record;
  const { description } = openEngine(engine);
  emit({ type: 'run-started', runId, graph: name, steps: plan.steps.length, engine: description });
  const outcome = plan.steps.some(({ type }) => type === 'run')
    ? await runInWorker(options, emit)
    : announceReuse(plan, emit);
  const seconds = (performance.now() - startedMs) / 1000;
  emit({ type: 'run-finished', ...outcome, seconds });
  const result = {
    runId,
    graph: name,
    ...outcome,
    seconds,
    finishedAt: new Date().toISOString(),
    steps,
  };
  await record.finish(result);
  const exported = await exportOutputs({
    graph: options.graph,
    store,
    folder: outputsOf(record),
    steps,
  });
  return { result, folder: record.folder, ...exported };
}

const outputsOf = ({ folder }: RunRecord) => join(folder, 'outputs');

/** Nothing to run: no process is started and no engine is loaded. */
function announceReuse(plan: Plan, emit: (event: NewEvent) => void): Outcome {
  for (const step of plan.steps) {
    const { nodeId, reason } = step;
    if (step.type === 'reuse')
      emit({ type: 'step-reused', nodeId, reason, outputs: step.record.outputs });
    else emit({ type: 'step-skipped', nodeId, reason });
  }
  return { status: 'done', error: null };
}

function runInWorker(options: RunOptions, emit: (event: NewEvent) => void): Promise<Outcome> {
  const { graph, graphPath, home, signal, graceMs = defaultGraceMs } = options;
  const { only = null, checkpointPace = defaultPace, engine = 'ort', threads = null } = options;
  const text = printDocument(graph.document);
  const job: Job = { text, graphPath, home, only, checkpointPace, engine, threads };
  const worker = fork(options.workerEntry, [], {
    execArgv: [...(options.workerArguments ?? [])],
    serialization: 'json',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const stopListening = cancelOnAbort(worker, { signal, graceMs });
  return new Promise((resolve) => {
    let outcome: Outcome | undefined;
    let running: string | undefined;
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'outcome') outcome = message.outcome;
      else {
        if (message.event.type === 'step-started') running = message.event.nodeId;
        emit(message.event);
      }
    });
    worker.on('error', (error) => {
      outcome ??= {
        status: 'failed',
        error: { code: 'internal', message: `internal: ${error.message}` },
      };
    });
    worker.on('close', (code, killedBy) => {
      stopListening();
      resolve(
        outcome ?? explainDeath({ code, killedBy, running, canceled: signal?.aborted === true }),
      );
    });
    worker.send({ type: 'start', job } satisfies ToWorker);
  });
}

type Canceling = { readonly signal: AbortSignal | undefined; readonly graceMs: number };

function cancelOnAbort(worker: ChildProcess, { signal, graceMs }: Canceling): () => void {
  let timer: NodeJS.Timeout | undefined;
  const cancel = () => {
    if (worker.connected) worker.send({ type: 'cancel' } satisfies ToWorker);
    timer = setTimeout(() => worker.kill('SIGKILL'), graceMs);
  };
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  };
}

type Death = {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly running: string | undefined;
  readonly canceled: boolean;
};

function explainDeath({ code, killedBy, running, canceled }: Death): Outcome {
  if (canceled)
    return { status: 'canceled', error: { code: 'canceled', message: 'canceled by the user' } };
  const how = killedBy === null ? `exited with code ${code}` : `was killed by ${killedBy}`;
  const hint =
    killedBy === 'SIGKILL' ? ' (often: out of memory; try a smaller batchSize or size)' : '';
  const place = running === undefined ? 'worker' : running;
  const error: ErrorReport = {
    code: 'node',
    message: `${place}: the worker process ${how}${hint}; finished steps are kept, run again to continue`,
  };
  return { status: 'failed', error };
}
