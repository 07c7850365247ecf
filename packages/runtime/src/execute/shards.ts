/**
 * A step over a list of samples, cut into shards: each is computed and stored by itself, then all are joined.
 *
 * The joined step keeps the key and the bytes it would have in one piece. A shard has a key of its own, so shards that other processes
 * have computed, or that were finished before a kill, are found again.
 */
import {
  type GraphNode,
  type SampleKind,
  type SampleRange,
  type StepParts,
  type StepRecord,
  stepKey,
} from '@radiograph/graph';
import { isSampleKind, sampleLists } from '@radiograph/kinds';
import type { AnyValue } from '../store/artifacts.ts';
import type { Store } from '../store/store.ts';
import type { OpenList } from './shelf.ts';

/** Into how many shards steps that can be cut are cut. `part`: compute this shard of this node (from 0), and do not join. */
export type Sharding = {
  readonly count: number;
  readonly part: { readonly nodeId: string; readonly index: number } | null;
};

type Values = Readonly<Record<string, AnyValue>>;

/** A step that can be cut, with its inputs. */
export type ShardTask = {
  readonly node: GraphNode;
  readonly parts: StepParts;
  /** The list that is cut. */
  readonly samples: OpenList;
  /** The other inputs; loaded when a shard is to be computed. */
  readonly others: () => Promise<Readonly<Record<string, unknown>>>;
  readonly store: Store;
  readonly log: (message: string) => void;
  /** Computes a shard: `key` is its key, `inputs` are cut. */
  readonly compute: (key: string, inputs: Readonly<Record<string, unknown>>) => Promise<Values>;
  /** Holds the lease of a key while the action runs. */
  readonly withLease: <T>(key: string, action: () => Promise<T>) => Promise<T>;
};

/** The samples of each shard: whole batches of `grain`; the last takes the rest. Fewer than `count` if there are not as many batches. */
export function cutSamples(samples: number, grain: number, count: number): SampleRange[] {
  const batches = Math.max(1, Math.floor(samples / grain));
  const shards = Math.min(count, batches);
  const cuts = Array.from({ length: shards }, (_, i) => Math.floor((i * batches) / shards) * grain);
  return cuts.map((from, i) => [from, cuts[i + 1] ?? samples]);
}

/** Computes one shard unless it is in the store; nothing if there are fewer shards than that. */
export async function computePart(
  task: ShardTask,
  { count, part }: { readonly count: number; readonly part: number },
): Promise<void> {
  const range = rangesOf(task, count)[part];
  if (range !== undefined) await settleShard(task, range);
}

/** What a step computed from its shards. */
export type Joined = {
  readonly values: Values;
  /** What the shards that were there took to compute. */
  readonly savedSeconds: number;
  /** Their keys: no longer needed when the step is recorded. */
  readonly keys: readonly string[];
};

/** Computes the shards that are missing, and joins all. */
export async function computeJoined(task: ShardTask, count: number): Promise<Joined> {
  const { node, store, log, compute, parts } = task;
  const ranges = rangesOf(task, count);
  const [only] = ranges;
  if (only !== undefined && ranges.length === 1)
    return {
      values: await compute(stepKey(parts), await cutInputs(task, only)),
      savedSeconds: 0,
      keys: [],
    };
  const startedMs = performance.now();
  const records: StepRecord[] = [];
  for (const range of ranges) records.push(await settleShard(task, range));
  log(`joins ${ranges.length} shards of ${task.samples.length} samples`);
  const values: Record<string, AnyValue> = {};
  for (const [port, { kind }] of Object.entries(node.type.outputs)) {
    const pieces: AnyValue[] = [];
    for (const { outputs } of records) pieces.push((await store.get(outputs[port]!)).value);
    values[port] = listOf(kind, node).join(pieces as never[]); // stored by `settleShard` under this kind
  }
  const spent = (performance.now() - startedMs) / 1000;
  const whole = records.reduce((sum, { seconds }) => sum + seconds, 0);
  return {
    values,
    savedSeconds: Math.max(0, whole - spent),
    keys: records.map(({ key }) => key),
  };
}

function rangesOf(task: ShardTask, count: number): SampleRange[] {
  const { type, params } = task.node;
  return cutSamples(task.samples.length, type.shards!.grain?.(params) ?? 1, count);
}

/** What a shard is computed from. */
async function cutInputs({ node, samples, others }: ShardTask, range: SampleRange) {
  return { ...(await others()), [node.type.shards!.over]: await samples.slice(range) };
}

/** The record of a shard, computed now if it is not there. */
function settleShard(task: ShardTask, range: SampleRange): Promise<StepRecord> {
  const { node, store, compute, withLease, log, samples } = task;
  const parts = { ...task.parts, shard: range };
  const key = stepKey(parts);
  return withLease(key, async () => {
    const known = await store.lookup(key);
    if (known !== undefined) return known;
    log(`samples ${range[0] + 1} to ${range[1]} of ${samples.length}`);
    const startedMs = performance.now();
    const values = await compute(key, await cutInputs(task, range));
    const outputs: Record<string, string> = {};
    for (const [port, output] of Object.entries(node.type.outputs))
      outputs[port] = await store.put(output.kind, values[port] as never); // `put` looks whether it is
    const seconds = (performance.now() - startedMs) / 1000;
    const finishedAt = new Date().toISOString();
    const record = { key, nodeId: node.id, parts, outputs, seconds, finishedAt };
    await store.remember(record);
    return record;
  });
}

/** The rule of a kind. @throws an internal error where a node type in JavaScript declares shards of what cannot be cut. */
function listOf(kind: Parameters<typeof isSampleKind>[0], { type }: GraphNode) {
  if (!isSampleKind(kind))
    throw new Error(`internal: ${type.type} declares shards, but ${kind} cannot be cut by samples`);
  return sampleLists[kind] as (typeof sampleLists)[SampleKind];
}
