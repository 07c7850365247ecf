/**
 * Plan -> events and artifacts: runs what must run, each step after what it needs, and stores what comes out.
 *
 * A step is resolved again when its inputs are known, so one whose inputs came out unchanged is reused (early cut-off). A failed
 * step blocks only what depends on it; everything that finished stays in the store. Nothing here asks WHICH node it runs.
 */
import {
  deriveSeed,
  type GraphNode,
  type Plan,
  type PlanServices,
  RadiographError,
  resolveStep,
  type Step,
  type StepParts,
  type StepRecord,
} from '@radiograph/graph';
import { type CheckpointPace, openCheckpoint } from '../checkpoint/checkpoints.ts';
import { acquireLease } from '../lease/step-lease.ts';
import { type AnyValue, DamageError } from '../store/artifacts.ts';
import type { Store } from '../store/store.ts';
import { assertUnchanged } from './assert-unchanged.ts';
import type { ErrorReport, NewEvent } from './events.ts';

import { openGiveWay } from './give-way.ts';
import { openPeakMeter, type PeakMeter } from './peak-memory.ts';
import { createPreviews } from './previews.ts';
import { createProgress } from './progress.ts';
import { reportStepError } from './report-error.ts';
import { schedule, type Task } from './schedule.ts';
import { computeJoined, computePart, type Sharding, type ShardTask } from './shards.ts';
import { openShelf, type Shelf, wiresOf } from './shelf.ts';

/** What execution needs from its surroundings. */
export type ExecuteOptions = {
  /** The `.radiograph` folder, for leases and checkpoints. */
  readonly home: string;
  readonly checkpointPace: CheckpointPace;
  readonly services: PlanServices;
  readonly store: Store;
  readonly emit: (event: NewEvent) => void;
  readonly signal: AbortSignal;
  readonly threads: number;
  /** Steps at once. */
  readonly jobs: number;
  /** What steps that run at once may hold together. */
  readonly memoryBytes: number;
  readonly resolvePath: (path: string) => string;
  /** How steps that can be cut are cut; undefined = in one piece. */
  readonly sharding?: Sharding;
};

/** How a run ended. `error` is the first failure. */
export type Outcome = {
  readonly status: 'done' | 'failed' | 'canceled';
  readonly error: ErrorReport | null;
};

type State = {
  readonly options: ExecuteOptions;
  readonly plan: Plan;
  readonly outputs: Map<string, StepRecord['outputs']>;
  /** What running nodes gave notice of. */
  readonly notices: Map<string, string[]>;
  readonly shelf: Shelf;
  readonly blocked: Map<string, string>;
  readonly meter: PeakMeter;
  /** Lets a cancel in, and events out. */
  readonly giveWay: () => Promise<void>;
  /** By digest: an artifact that two steps find damaged is computed again once. */
  readonly repairs: Map<string, Promise<void>>;
  error: ErrorReport | null;
};

/** Runs a plan. Never throws for what a node did; the outcome says it. */
export async function execute(plan: Plan, options: ExecuteOptions): Promise<Outcome> {
  const state: State = {
    options,
    plan,
    outputs: new Map(),
    notices: new Map(),
    shelf: openShelf(plan, options.store),
    blocked: new Map(),
    meter: openPeakMeter(),
    giveWay: openGiveWay(),
    repairs: new Map(),
    error: null,
  };
  for (const step of plan.steps)
    if (step.type === 'skip')
      options.emit({ type: 'step-skipped', nodeId: step.nodeId, reason: step.reason });
  const { jobs, memoryBytes, signal } = options;
  const isStopped = () => signal.aborted;
  await schedule(await listTasks(state), { jobs, memoryBytes, isStopped });
  if (options.signal.aborted)
    return { status: 'canceled', error: { code: 'canceled', message: 'canceled by the user' } };
  return { status: state.error === null ? 'done' : 'failed', error: state.error };
}

/** A step that has run before is expected to need the memory that it needed; one that has not, its share. */
async function listTasks(state: State): Promise<Task[]> {
  const { plan, options } = state;
  const { jobs, memoryBytes, services } = options;
  const nodes = new Map(plan.graph.nodes.map((node) => [node.id, node]));
  const active = plan.steps.filter(({ type }) => type !== 'skip');
  return Promise.all(
    active.map(async ({ nodeId, type }): Promise<Task> => {
      const node = nodes.get(nodeId)!;
      const earlier =
        type === 'run' && jobs > 1 ? await services.history(node.type.type, nodeId) : [];
      const peak = earlier.find((record) => record.peakBytes !== undefined)?.peakBytes;
      return {
        id: nodeId,
        needs: wiresOf(node).map((wire) => wire.nodeId),
        bytes: type === 'run' ? (peak ?? memoryBytes / jobs) : 0,
        usesEngine: type === 'run' && node.type.uses?.includes('engine') === true,
        async run() {
          await advance(state, node).finally(() => state.shelf.release(node, state.outputs));
          await state.giveWay();
        },
      };
    }),
  );
}

async function advance(state: State, node: GraphNode): Promise<void> {
  const { emit } = state.options;
  const cause = wiresOf(node).find(({ nodeId }) => state.blocked.has(nodeId));
  if (cause !== undefined) {
    const failed = state.blocked.get(cause.nodeId)!;
    state.blocked.set(node.id, failed);
    emit({ type: 'step-skipped', nodeId: node.id, reason: `${failed} failed` });
    return;
  }
  try {
    await settle(state, node);
  } catch (error) {
    state.blocked.set(node.id, node.id);
    if (state.options.signal.aborted) return;
    const { home } = state.options;
    const report = await reportStepError(error, { nodeId: node.id, home });
    state.error ??= report;
    emit({ type: 'step-failed', nodeId: node.id, error: report });
  }
}

/** Reuses or runs a node; inputs that the disk damaged are computed again first, as often as it takes for each of them once. */
async function settle(state: State, node: GraphNode): Promise<void> {
  const { services } = state.options;
  for (const damaged = new Set<string>(); ; ) {
    try {
      const step = await resolveStep(node, state.plan.graph, { services, outputs: state.outputs });
      if (step.type === 'reuse') reuse(state, node.id, step);
      else await runOnce(state, node, step);
      return;
    } catch (error) {
      if (!(error instanceof DamageError) || damaged.has(error.digest)) throw error;
      damaged.add(error.digest);
      const repairing = state.repairs.get(error.digest) ?? repair(state, node, error);
      state.repairs.set(error.digest, repairing);
      await repairing;
    }
  }
}

/** Computes again what made a damaged input. It may come out under another digest: then the key of what follows changes too. */
async function repair(state: State, node: GraphNode, damage: DamageError): Promise<void> {
  const wire = wiresOf(node).find(
    ({ nodeId, port }) => state.outputs.get(nodeId)?.[port] === damage.digest,
  );
  const maker = state.plan.graph.nodes.find(({ id }) => id === wire?.nodeId);
  if (maker === undefined) throw damage;
  const message = `its artifact is damaged and is computed again: ${damage.message}`;
  state.options.emit({ type: 'step-log', nodeId: maker.id, message });
  await state.options.store.discard(damage.digest);
  await settle(state, maker);
}

function reuse(
  { options, outputs }: State,
  nodeId: string,
  { record, reason }: Pick<Extract<Step, { type: 'reuse' }>, 'record' | 'reason'>,
): void {
  outputs.set(nodeId, record.outputs);
  const { key } = record;
  const { notices = [] } = record;
  const told = { outputs: record.outputs, notices: [...notices] };
  options.emit({ type: 'step-reused', nodeId, key, reason, ...told });
}

type Runnable = Pick<Extract<Step, { type: 'run' }>, 'reason' | 'cause'> & {
  readonly key: string;
  readonly parts: StepParts;
};

/** Runs a step unless another process is at it: then waits and takes its result. */
async function runOnce(state: State, node: GraphNode, step: Step): Promise<void> {
  if (step.type !== 'run' || step.key === undefined || step.parts === undefined)
    throw new Error(`internal: ${node.id} has no key although its inputs are known`);
  const { key, parts, reason, cause } = step;
  const { services, sharding } = state.options;
  const part = sharding?.part;
  if (part?.nodeId === node.id && node.type.shards !== undefined)
    return runPart(state, node, { key, parts, reason, cause });
  await withLease(state, { nodeId: node.id, key }, async (computedBy) => {
    const record = await services.lookup(key); // another one may have finished it since we looked
    if (record === undefined) {
      const measurePeak = state.meter.begin();
      await runStep(state, node, { key, parts, reason, cause, measurePeak }).finally(measurePeak);
    } else
      reuse(state, node.id, { record, reason: `computed meanwhile by ${computedBy ?? 'another'}` });
  });
}

type Leased = { readonly nodeId: string; readonly key: string };

/** Holds the lease of a key while the action runs; the action is told who held it before. */
async function withLease<T>(
  { options: { home, signal, emit } }: State,
  { nodeId, key }: Leased,
  action: (computedBy: string | undefined) => Promise<T>,
): Promise<T> {
  let computedBy: string | undefined;
  const lease = await acquireLease({
    home,
    key,
    signal,
    onWait({ host, pid }) {
      computedBy = `process ${pid} on ${host}`;
      emit({
        type: 'step-log',
        nodeId,
        message: `waits for ${computedBy}, which computes the same step`,
      });
    },
  });
  try {
    return await action(computedBy);
  } finally {
    lease.release();
  }
}

/** Computes one shard of a step. The step itself is left to the run that joins its shards. */
async function runPart(state: State, node: GraphNode, runnable: Runnable): Promise<void> {
  const { emit, sharding } = state.options;
  const { count, part } = sharding!; // asked by `runOnce`
  const { key, parts, reason, cause } = runnable;
  emit({ type: 'step-started', nodeId: node.id, key, reason, cause });
  const task = await openShards(state, node, parts);
  await computePart(task, { count, part: part!.index });
  const left = `shard ${part!.index + 1} of ${count} alone: the run that joins them finishes it`;
  emit({ type: 'step-skipped', nodeId: node.id, reason: left });
}

async function openShards(state: State, node: GraphNode, parts: StepParts): Promise<ShardTask> {
  const { shelf, outputs } = state;
  const { over } = node.type.shards!; // asked by the caller
  return {
    node,
    parts,
    samples: await shelf.open(node, over, outputs),
    others: () => shelf.gather(node, outputs, over),
    store: state.options.store,
    log: logOf(state, node.id),
    withLease: (key, action) => withLease(state, { nodeId: node.id, key }, action),
    compute: async (key, inputs) => {
      const { values, checkpoint } = await computeValues(state, node, { key, inputs });
      await assertUnchanged(node, parts, state.options.services);
      await checkpoint.remove();
      return values;
    },
  };
}

const logOf =
  ({ options }: State, nodeId: string) =>
  (message: string): void =>
    options.emit({ type: 'step-log', nodeId, message });

type Computing = { readonly key: string; readonly inputs: Readonly<Record<string, unknown>> };

/** Calls the node. The caller removes the checkpoint when the values are safe. */
async function computeValues(state: State, node: GraphNode, { key, inputs }: Computing) {
  const { home, signal, checkpointPace: pace } = state.options;
  const log = logOf(state, node.id);
  const notice = (message: string) => {
    state.notices.get(node.id)?.push(message);
    log(message);
  };
  const checkpoint = openCheckpoint({ home, key, pace, signal, log });
  const context = { ...contextOf(state, node), log, notice, checkpoint };
  const values = await node.type.run(inputs, node.params, context);
  signal.throwIfAborted();
  return { values, checkpoint };
}

// What is written outlives the process at once. It outlives a power failure when the system writes it, within half a minute, which is also
// what checkpoints may lose; waiting for the disk is only worth it where computing again takes longer than waiting.
const worthSyncingMs = 50;

async function runStep(
  state: State,
  node: GraphNode,
  { key, parts, reason, cause, measurePeak }: Runnable & { readonly measurePeak: () => number },
): Promise<void> {
  const { emit, store, services } = state.options;
  emit({ type: 'step-started', nodeId: node.id, key, reason, cause });
  const startedMs = performance.now();
  const notices: string[] = [];
  state.notices.set(node.id, notices);
  const { values, finish, savedSeconds = 0 } = await compute(state, node, { key, parts });
  await assertUnchanged(node, parts, services);
  const costMs = performance.now() - startedMs + savedSeconds * 1000;
  const durability = { sync: costMs >= worthSyncingMs };
  const outputs: Record<string, string> = {};
  for (const [port, { kind }] of Object.entries(node.type.outputs)) {
    const value = values?.[port]; // a node in JavaScript may return anything
    // The node's output type says that `value` is of this kind; the erased NodeType no longer does, so `put` looks.
    outputs[port] = await store.put(kind, value as never, durability).catch((error: unknown) => {
      throw nameOutput(error, port);
    });
    state.shelf.keep(outputs[port], value!);
  }
  const seconds = (performance.now() - startedMs) / 1000;
  const peakBytes = measurePeak();
  const finishedAt = new Date().toISOString();
  const record = {
    key,
    nodeId: node.id,
    parts,
    outputs,
    seconds: seconds + savedSeconds,
    finishedAt,
    peakBytes,
    ...(notices.length === 0 ? {} : { notices }),
  };
  await store.remember(record, durability);
  await finish();
  state.outputs.set(node.id, outputs);
  emit({ type: 'step-finished', nodeId: node.id, seconds, outputs, notices, peakBytes });
}

type Computed = {
  readonly values: Readonly<Record<string, AnyValue>>;
  /** What other processes took for parts of it. */
  readonly savedSeconds?: number;
  /** Clears what is no longer needed once the step is recorded. */
  readonly finish: () => Promise<void>;
};

/** Computes a step in one piece, or in shards where it can be cut. */
async function compute(
  state: State,
  node: GraphNode,
  { key, parts }: Pick<Runnable, 'key' | 'parts'>,
): Promise<Computed> {
  const { sharding, store } = state.options;
  if (node.type.shards === undefined || sharding === undefined) {
    const inputs = await state.shelf.gather(node, state.outputs);
    const { values, checkpoint } = await computeValues(state, node, { key, inputs });
    return { values, finish: checkpoint.remove };
  }
  const task = await openShards(state, node, parts);
  const { values, savedSeconds, keys } = await computeJoined(task, sharding.count);
  const finish = async () => {
    for (const shard of keys) await store.forget(shard);
  };
  return { values, savedSeconds, finish };
}

/** Puts the port before the place of a value that cannot be stored. */
function nameOutput(error: unknown, port: string): unknown {
  if (!(error instanceof RadiographError) || error.code !== 'node') return error;
  const problems = error.problems.map(({ message }) => ({ path: `output ${port}`, message }));
  return new RadiographError(error.code, problems, { cause: error });
}

function contextOf({ options, plan }: State, node: GraphNode) {
  const { emit, signal, threads, resolvePath } = options;
  const report = createProgress(node.id, emit);
  return {
    nodeId: node.id,
    seed: deriveSeed(plan.graph.seed, node.id),
    threads,
    signal,
    progress: (update: Parameters<typeof report>[0]) => {
      if (signal.aborted)
        throw new RadiographError('canceled', { path: '', message: 'canceled by the user' });
      report(update);
    },
    preview: createPreviews(node.id, emit),
    note: (facts: Readonly<Record<string, number>>) =>
      emit({ type: 'step-noted', nodeId: node.id, facts }),
    resolvePath,
  };
}
