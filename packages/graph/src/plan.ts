/**
 * Graph -> Plan: for every node run, reuse or skip, with its content-addressed key and the reason.
 *
 * The key of a step is the SHA-256 over everything its outputs depend on: node type, implementation digest, parameters, input
 * artifact digests, source file digests, seed and numerics. Inputs enter by CONTENT: a step that ran again with the same
 * output leaves what is downstream reusable (early cut-off). That is why the key of a step behind one that must run is not known
 * yet; the executor calls `resolveStep` again when it is.
 */

import { assertNodes } from './blame.ts';
import { RadiographError } from './errors.ts';
import { canonicalJson, deriveSeed, sha256Hex } from './fingerprint.ts';
import type { SourceList } from './node-type.ts';
import type { SampleRange } from './port.ts';
import type { Graph, GraphNode } from './validate.ts';

/** Everything a step's outputs depend on; the key is its digest. */
export type StepParts = {
  readonly type: string;
  readonly version: number;
  /** Digest of the node package's source closure. */
  readonly implementation: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Artifact digests by input port. */
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  /** Content digests of files and folders, by the path written in the parameters, and of lists of files, by their names. */
  readonly sources: Readonly<Record<string, string>>;
  readonly seed: number | null;
  readonly numerics: string | null;
  /** The samples that this is about, if it is a part of a step. */
  readonly shard?: SampleRange;
};

/** A finished step: its outputs can be reused by any step with the same key. */
export type StepRecord = {
  readonly key: string;
  readonly nodeId: string;
  readonly parts: StepParts;
  /** Artifact digest by output port. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly finishedAt: string;
  /** Most memory that its process held while it ran; absent in records of older versions. */
  readonly peakBytes?: number;
  /** What the node gave notice of; absent if nothing, and in records of older versions. */
  readonly notices?: readonly string[];
};

/** What planning must ask of the outside: the store, the file system, the installed code. */
export type PlanServices = {
  /** Digest of the source closure of the package that defines a node type. */
  readonly implementation: (type: string) => Promise<string>;
  /** Content digest of a file or folder. @throws a data error if it does not exist. */
  readonly sourceDigest: (path: string) => Promise<string>;
  /** Content digest of listed files. Lists of one id name the same files. */
  readonly listDigest: (list: SourceList, id: string) => Promise<string>;
  /** The record of a key whose artifacts are all present. */
  readonly lookup: (key: string) => Promise<StepRecord | undefined>;
  /** Earlier records of this node type and node id, newest first (a store may give those of other nodes where it has none, unless asked for its own). */
  readonly history: (type: string, nodeId: string, whose?: 'own') => Promise<readonly StepRecord[]>;
  /** Whether a step of this key, or without one this very node, has run, as far as the store remembers: its record may be removed since. */
  readonly hasRun?: (type: string, nodeId: string, key?: string) => boolean;
  /** Engine, device and precision, for example `ort cpu float32`. */
  readonly numerics: string;
};

/** Why a step must run: the kind of its first difference to the nearest earlier record. */
export const runCauses = [
  'never run',
  'parameter',
  'input',
  'data',
  'seed',
  'engine',
  'code',
  /** An input comes from a step that runs first; whether it changes is not known yet. */
  'pending',
  /** Nothing is known to have changed; its artifacts, or all its records, are gone or damaged. */
  'artifacts',
] as const;
export type RunCause = (typeof runCauses)[number];

/** What will happen to one node, and why. `key` is undefined while an input is not known yet. */
export type Step =
  | {
      readonly type: 'reuse';
      readonly nodeId: string;
      readonly key: string;
      readonly record: StepRecord;
      readonly reason: string;
    }
  | {
      readonly type: 'run';
      readonly nodeId: string;
      readonly key: string | undefined;
      readonly parts: StepParts | undefined;
      readonly reason: string;
      readonly cause: RunCause;
      /** Every difference to the nearest earlier record, the first being the reason. */
      readonly changes: readonly string[];
    }
  | { readonly type: 'skip'; readonly nodeId: string; readonly reason: string };

/** A graph with one step per node, in an order in which they can run. */
export type Plan = { readonly graph: Graph; readonly steps: readonly Step[] };

type PlanOptions = {
  /** Keeps these nodes and what they need; the rest is skipped. */
  readonly only?: readonly string[];
  /** What becomes of a node whose source file is missing; one that is skipped takes along what needs it. Default: throw. */
  readonly missing?: 'throw' | 'skip';
};

/**
 * Plans a graph.
 *
 * @throws {RadiographError} code `data` if a source file is missing.
 */
export async function planGraph(
  graph: Graph,
  services: PlanServices,
  { only, missing = 'throw' }: PlanOptions = {},
): Promise<Plan> {
  const wanted = only === undefined ? undefined : withAncestors(graph, only);
  const steps: Step[] = graph.skipped.map((skipped) => ({ type: 'skip', ...skipped }));
  const outputs = new Map<string, StepRecord['outputs']>();
  const lost = new Set<string>();
  const skip = (nodeId: string, reason: string) => steps.push({ type: 'skip', nodeId, reason });
  for (const node of graph.nodes) {
    if (wanted !== undefined && !wanted.has(node.id)) {
      skip(node.id, `not needed by ${only!.join(', ')}`);
      continue;
    }
    const needed = Object.values(node.inputs)
      .flat()
      .find(({ nodeId }) => lost.has(nodeId));
    const step =
      needed === undefined
        ? await resolveStep(node, graph, { services, outputs }).catch((error: unknown) =>
            explainMissing(error, node.id, missing),
          )
        : `needs ${needed.nodeId}, which cannot run`;
    if (typeof step === 'string') {
      lost.add(node.id);
      skip(node.id, step);
      continue;
    }
    if (step.type === 'reuse') outputs.set(node.id, step.record.outputs);
    steps.push(step);
  }
  return { graph, steps };
}

/** What is missing, for a plan that goes on without it. @throws all else, with the node's name. */
function explainMissing(error: unknown, nodeId: string, missing: 'throw' | 'skip'): string {
  const isMissing = error instanceof RadiographError && error.code === 'data';
  if (!isMissing || missing === 'throw') throw nameNode(error, nodeId);
  return error.problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
}

/** Puts the node before the place of a user's mistake. */
function nameNode(error: unknown, nodeId: string): unknown {
  if (!(error instanceof RadiographError)) return error;
  const problems = error.problems.map(({ path, message }) => ({
    path: `${nodeId}: ${path}`,
    message,
  }));
  return new RadiographError(error.code, problems, { cause: error });
}

/** What is known when a step is resolved: the outside, and the outputs of the steps that are finished or reusable. */
export type Resolution = {
  readonly services: PlanServices;
  readonly outputs: ReadonlyMap<string, StepRecord['outputs']>;
};

/** Decides one step from the outputs known so far. */
export async function resolveStep(
  node: GraphNode,
  graph: Graph,
  { services, outputs }: Resolution,
): Promise<Step> {
  const { inputs, pending } = collectInputs(node, outputs);
  const parts: StepParts = {
    type: node.type.type,
    version: node.type.version,
    implementation: await services.implementation(node.type.type),
    params: node.params,
    inputs,
    sources: await digestSources(node, services),
    seed: node.type.uses?.includes('seed') ? deriveSeed(graph.seed, node.id) : null,
    numerics: node.type.uses?.includes('engine') ? services.numerics : null,
  };
  const key = pending.length > 0 ? undefined : stepKey(parts);
  const record = key === undefined ? undefined : await services.lookup(key);
  if (key !== undefined && record !== undefined) {
    return {
      type: 'reuse',
      nodeId: node.id,
      key,
      record,
      reason: `same key as ${sayWhen(record.finishedAt)}`,
    };
  }
  const changes =
    key !== undefined && services.hasRun?.(node.type.type, node.id, key)
      ? [await explainLoss(node, key, services)]
      : await explainChanges(node, parts, { services, pending });
  return {
    type: 'run',
    nodeId: node.id,
    key,
    parts: key === undefined ? undefined : parts,
    reason: changes[0]!.text,
    cause: changes[0]!.cause,
    changes: changes.map(({ text }) => text),
  };
}

/** A clock that was set back would else leave a date that nobody understands. */
function sayWhen(finishedAt: string): string {
  const isAhead = Date.parse(finishedAt) > Date.now();
  return isAhead ? `${finishedAt}, by a clock that is ahead of this one` : finishedAt;
}

/** One difference. */
type Change = { readonly cause: RunCause; readonly text: string };

/** The key of a step. */
export function stepKey(parts: StepParts): string {
  return sha256Hex(`radiograph-step/1\n${canonicalJson(parts)}`);
}

type Inputs = {
  readonly inputs: Record<string, readonly string[]>;
  readonly pending: readonly string[];
};

function collectInputs(node: GraphNode, outputs: Resolution['outputs']): Inputs {
  const inputs: Record<string, readonly string[]> = {};
  const pending = new Set<string>();
  for (const [port, wires] of Object.entries(node.inputs)) {
    const digests = wires.map(({ nodeId, port: output }) => outputs.get(nodeId)?.[output]);
    wires.forEach(({ nodeId }, i) => {
      if (digests[i] === undefined) pending.add(nodeId);
    });
    const known = digests.filter((digest) => digest !== undefined);
    if (known.length === wires.length && wires.length > 0) inputs[port] = known;
  }
  return { inputs, pending: [...pending] };
}

/** The content digests of all that a node reads, by path or by name of the list. @throws a data error for what is missing. */
export async function digestSources(
  { type, params }: Pick<GraphNode, 'type' | 'params'>,
  services: SourceServices,
): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  const sources = type.sources(params);
  for (const source of sources)
    if (typeof source === 'string') digests[source] = await services.sourceDigest(source);
  for (const source of sources) {
    if (typeof source === 'string') continue;
    const from = await Promise.all((source.from ?? []).map((path) => services.sourceDigest(path)));
    const id = sha256Hex(canonicalJson({ type: type.type, params, name: source.name, from }));
    digests[source.name] = await services.listDigest(source, id);
  }
  return digests;
}

type SourceServices = Pick<PlanServices, 'sourceDigest' | 'listDigest'>;

/** Nothing that it depends on has changed since it ran. */
async function explainLoss(node: GraphNode, key: string, services: PlanServices): Promise<Change> {
  const records = await services.history(node.type.type, node.id);
  const text = records.some((record) => record.key === key)
    ? 'its artifacts are missing from the store or damaged'
    : 'its record was removed from the store or is damaged';
  return { cause: 'artifacts', text };
}

type Explaining = { readonly services: PlanServices; readonly pending: readonly string[] };

/** Compares with the nearest earlier record: the one of this node with the fewest differences, the newest among equals. */
async function explainChanges(
  node: GraphNode,
  parts: StepParts,
  { services, pending }: Explaining,
): Promise<Change[]> {
  const waits = pending.map(
    (nodeId): Change => ({ cause: 'pending', text: `input from ${nodeId}, which runs first` }),
  );
  const records = await services.history(node.type.type, node.id, 'own');
  const own = records.filter(({ nodeId }) => nodeId === node.id);
  const candidates = own.map(({ parts: before }) => [
    ...findChanges(before, parts),
    ...(pending.length > 0 ? [] : listRemovedInputs(before.inputs, parts.inputs)),
  ]);
  const nearest = candidates.reduce<Change[] | undefined>(
    (best, changes) => (best === undefined || changes.length < best.length ? changes : best),
    undefined,
  );
  if (nearest === undefined) return [explainAbsence(node, services), ...waits];
  if (nearest.length + waits.length === 0)
    return [{ cause: 'artifacts', text: 'its artifacts are missing from the store or damaged' }];
  return [...nearest, ...waits];
}

/** No record of the node is left to compare with. */
function explainAbsence({ type, id }: GraphNode, { hasRun }: PlanServices): Change {
  return hasRun?.(type.type, id)
    ? { cause: 'artifacts', text: 'its earlier records were removed from the store or are damaged' }
    : { cause: 'never run', text: 'never run' };
}

/** Every difference between two sets of parts, in words; pending inputs (absent in `after`) are not compared. */
export function diffParts(before: StepParts, after: StepParts): string[] {
  return findChanges(before, after).map(({ text }) => text);
}

function findChanges(before: StepParts, after: StepParts): Change[] {
  return [
    ...diffParams(before.params, after.params),
    ...diffInputs(before.inputs, after.inputs),
    ...diffSources(before.sources, after.sources),
    ...diffField('seed', 'seed', [before.seed, after.seed]),
    ...diffField('engine', 'engine', [before.numerics, after.numerics]),
    ...(before.implementation === after.implementation && before.version === after.version
      ? []
      : [{ cause: 'code' as const, text: `code of ${after.type} changed` }]),
  ];
}

type Fields = Readonly<Record<string, unknown>>;

function diffParams(before: Fields, after: Fields): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) =>
    diffField('parameter', `parameter ${name}`, [before[name], after[name]]),
  );
}

function diffField(
  cause: RunCause,
  name: string,
  [before, after]: readonly [unknown, unknown],
): Change[] {
  const [a, b] = [canonicalJson(before), canonicalJson(after)];
  return a === b ? [] : [{ cause, text: `${name}: ${shorten(a)} -> ${shorten(b)}` }];
}

function diffInputs(before: StepParts['inputs'], after: StepParts['inputs']): Change[] {
  return Object.keys(after)
    .sort()
    .filter((port) => canonicalJson(before[port]) !== canonicalJson(after[port]))
    .map((port) => ({
      cause: 'input',
      text: before[port] === undefined ? `input ${port} is new` : `input ${port} changed`,
    }));
}

/** Only when nothing is pending: a port that is not known yet looks like one that is no longer wired. */
function listRemovedInputs(before: StepParts['inputs'], after: StepParts['inputs']): Change[] {
  return Object.keys(before)
    .filter((port) => after[port] === undefined)
    .map((port) => ({ cause: 'input', text: `input ${port} is no longer wired` }));
}

function diffSources(before: StepParts['sources'], after: StepParts['sources']): Change[] {
  return Object.keys(after)
    .filter((path) => before[path] !== after[path] && before[path] !== undefined)
    .map((path) => ({ cause: 'data', text: `content of ${path} changed` }));
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

function withAncestors(graph: Graph, only: readonly string[]): Set<string> {
  assertNodes(graph.document, '--only', only);
  const wanted = new Set(only);
  for (const node of graph.nodes.toReversed()) {
    if (!wanted.has(node.id)) continue;
    for (const { nodeId } of Object.values(node.inputs).flat()) wanted.add(nodeId);
  }
  return wanted;
}
