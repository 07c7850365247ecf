/** Graph -> finished run: plans, starts a worker process if anything must run, records every event. */
import { join } from 'node:path';
import { type Graph, type Plan, planGraph } from '@radiograph/graph';
import { openEngine } from '@radiograph/tensor';
import { type Eviction, keepWithin } from '../cache/keep-within.ts';
import type { CheckpointPace } from '../checkpoint/checkpoints.ts';
import type { NewEvent, RunEvent } from '../execute/events.ts';
import type { Outcome } from '../execute/execute.ts';
import { reportError } from '../execute/report-error.ts';
import type { Sharding } from '../execute/shards.ts';
import { discardDamaged, type Exported, exportOutputs } from './export-outputs.ts';
import { describeRun } from './manifest.ts';
import { runInWorker } from './run-in-worker.ts';
import { beginRecord, type RunResult } from './run-record.ts';
import type { StepResult } from './run-shapes.ts';
import { type OpenServices, openServices, type Workplace } from './services.ts';
import { trackStep } from './track-step.ts';
import type { WorkerCode } from './worker-process.ts';
import type { Workers } from './workers.ts';

export type RunOptions = Workplace &
  WorkerCode & {
    readonly graph: Graph;
    /** Processes that several runs share; default one of its own. */
    readonly workers?: Workers | undefined;
    readonly only?: readonly string[];
    readonly onEvent?: (event: RunEvent) => void;
    /** Aborting asks the worker to stop at the next batch; it is killed after a grace period. */
    readonly signal?: AbortSignal;
    /** How long a canceled worker may take to stop by itself. */
    readonly graceMs?: number;
    /** Threads that the run's nodes may keep busy; default all cores. */
    readonly threads?: number;
    /** How steps that can be cut along their samples are cut; default in one piece. The result is the same. */
    readonly sharding?: Sharding;
    /** Steps that may run at once where the graph branches; default 2. */
    readonly jobs?: number;
    /** Bytes that steps at once may hold together, as far as earlier runs tell; default what is free. */
    readonly memoryBytes?: number;
    /** How often training nodes save their state; default every 30 seconds. */
    readonly checkpointPace?: CheckpointPace;
    /** What the store may hold after the run; default any amount. What is cheapest to compute again per byte goes first. */
    readonly maxCacheBytes?: number | undefined;
  };

/** A finished run, in whatever way it ended. */
export type FinishedRun = Exported & {
  readonly result: RunResult;
  readonly folder: string;
  /** What the budget of the store made of it; null without a budget. */
  readonly eviction: Eviction | null;
};

/** Runs a graph. Node failures and full disks are in the result; bad graphs, missing sources and a home that cannot be written throw. */
export async function startRun(options: RunOptions): Promise<FinishedRun> {
  const startedMs = performance.now();
  const { store, services, save } = await openServices({
    ...options,
    data: options.graph.document.data,
  });
  const { plan, damage } = await planWhole(options, { store, services });
  await save();
  const { graph, graphPath, engine = 'ort' } = options;
  const only = options.only === undefined ? null : [...options.only];
  const record = await beginRecord(options.home, plan, { graphPath, only, engine });
  const steps: Record<string, StepResult> = {};
  const emit = (event: NewEvent): void => {
    trackStep(steps, event);
    const numbered = record.append(event); // also where nobody listens
    options.onEvent?.(numbered);
  };
  const { runId } = record;
  const { packages } = options;
  const manifest = await describeRun({ runId, graph, graphPath, engine, packages, services });
  await record.describe(manifest);
  const { name } = graph.document;
  const { description } = openEngine(engine);
  emit({ type: 'run-started', runId, graph: name, steps: plan.steps.length, engine: description });
  for (const { nodeId, message } of damage) emit({ type: 'step-log', nodeId, message });
  const computed = plan.steps.some(({ type }) => type === 'run')
    ? await runInWorker(options, emit)
    : announceReuse(plan, emit);
  const folder = join(record.folder, 'outputs');
  const origin = { run: runId, graph: manifest.graph.sha256 };
  const { outcome, exported } = await exportOutputs({ graph, store, folder, steps, origin }).then(
    (done) => ({ outcome: computed, exported: done }),
    (error: unknown) => ({ outcome: failWith(computed, error), exported: nothingExported }),
  );
  const seconds = (performance.now() - startedMs) / 1000;
  emit({ type: 'run-finished', ...outcome, seconds });
  const finishedAt = new Date().toISOString();
  const result = await record.finish({
    runId,
    graph: name,
    ...outcome,
    seconds,
    finishedAt,
    steps,
  });
  const { home, maxCacheBytes: maxBytes } = options;
  const eviction = maxBytes === undefined ? null : await keepWithin({ home, maxBytes, packages });
  return { result, folder: record.folder, eviction, ...exported };
}

const nothingExported: Exported = { files: [], tables: [] };

/** What failed first is what the user must know. */
function failWith({ error }: Outcome, later: unknown): Outcome {
  return { status: 'failed', error: error ?? reportError(later) };
}

type Opened = Pick<OpenServices, 'store' | 'services'>;

/** Plans; what is damaged of the results that will be exported is computed again. */
async function planWhole({ graph, only }: RunOptions, { store, services }: Opened) {
  const choice = only === undefined ? {} : { only };
  const plan = await planGraph(graph, services, choice);
  const damage = await discardDamaged(plan, store);
  return { plan: damage.length === 0 ? plan : await planGraph(graph, services, choice), damage };
}

/** Nothing to run: no process is started and no engine is loaded. */
function announceReuse(plan: Plan, emit: (event: NewEvent) => void): Outcome {
  for (const step of plan.steps) {
    const { nodeId, reason } = step;
    if (step.type === 'reuse') {
      const { outputs, notices = [] } = step.record;
      const told = { outputs, notices: [...notices] };
      emit({ type: 'step-reused', nodeId, key: step.key, reason, ...told });
    } else emit({ type: 'step-skipped', nodeId, reason });
  }
  return { status: 'done', error: null };
}
