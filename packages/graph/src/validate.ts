/**
 * GraphDocument -> Graph: every type known, every wire between fitting ports, every parameter parsed, no cycle.
 *
 * All problems are collected, each with its path and what would be accepted; nothing later in the flow checks any of this
 * again, because the planner accepts only a Graph.
 */
import { assertNodes, blameNodes, placesOf } from './blame.ts';
import { checkVariants } from './check-variants.ts';
import { closureOf } from './closure.ts';
import { type DocumentEdge, type GraphDocument, splitReference, toProblem } from './document.ts';
import { type Problem, RadiographError } from './errors.ts';
import type { NodeType } from './node-type.ts';
import { explainMismatch, type Port, type Ports } from './port.ts';
import type { Registry } from './registry.ts';
import { listAccepted } from './suggest.ts';

/** The output that feeds an input. */
export type Wire = { readonly nodeId: string; readonly port: string };

/** A node whose type is known and whose parameters are parsed, defaults filled in. */
export type GraphNode = {
  readonly id: string;
  readonly label: string;
  readonly type: NodeType;
  readonly params: Readonly<Record<string, unknown>>;
  /** Wires by input port, in edge order; at most one unless the port takes many. */
  readonly inputs: Readonly<Record<string, readonly Wire[]>>;
};

/** A proved graph: `nodes` are in topological order. Disabled nodes and what cannot run without them are in `skipped`. */
export type Graph = {
  readonly document: GraphDocument;
  readonly seed: number;
  readonly nodes: readonly GraphNode[];
  readonly skipped: readonly { readonly nodeId: string; readonly reason: string }[];
};

/** Lists every problem of a document; empty when `validateGraph` would succeed. */
export function checkGraph(document: GraphDocument, registry: Registry): readonly Problem[] {
  return inspect(document, registry).problems;
}

type Part = {
  /** These nodes and what they need; problems of others do not matter, and what has one is skipped. Default: the whole graph. */
  readonly only?: readonly string[];
};

/**
 * Proves a document, or the part of it that comes to `only`.
 *
 * @throws {RadiographError} code `graph` with every problem that matters; `usage` for a node of `only` that is not there.
 */
export function validateGraph(
  document: GraphDocument,
  registry: Registry,
  { only }: Part = {},
): Graph {
  const inspection = inspect(document, registry);
  const { problems } = inspection;
  const matters = only === undefined ? problems : problemsBefore(document, inspection, only);
  if (matters.length > 0) throw new RadiographError('graph', matters);
  return leaveOut(document, inspection);
}

/** Proves what can be proved: nodes with problems, and all that needs them, are skipped. For looking ahead while a graph is drawn. */
export function validateSound(document: GraphDocument, registry: Registry): Graph {
  return leaveOut(document, inspect(document, registry));
}

function problemsBefore(
  document: GraphDocument,
  inspection: Inspection,
  only: readonly string[],
): readonly Problem[] {
  assertNodes(document, '--only', only);
  const wanted = closureOf(document.edges, only, 'before');
  return inspection.problems.filter((problem) =>
    placesOf(problem, document, inspection.order).some((nodeId) => wanted.has(nodeId)),
  );
}

function leaveOut(document: GraphDocument, inspection: Inspection): Graph {
  const blamed = blameNodes(document, inspection);
  const nodes = inspection.nodes.filter(({ id }) => !blamed.has(id));
  const disabled = inspection.skipped.filter(({ nodeId }) => !blamed.has(nodeId));
  const broken = [...blamed].map(([nodeId, reason]) => ({ nodeId, reason }));
  return { document, seed: document.seed, nodes, skipped: [...disabled, ...broken] };
}

type Inspection = {
  problems: Problem[];
  nodes: GraphNode[];
  skipped: Graph['skipped'];
  /** Of the nodes that are on no cycle and behind none. */
  order: readonly string[];
};

function inspect(document: GraphDocument, registry: Registry): Inspection {
  const problems: Problem[] = [];
  const types = resolveTypes(document, registry, problems);
  const wires = checkEdges(document, types, problems);
  const order = sortTopologically(document, problems);
  checkReferences(document, problems);
  problems.push(...checkVariants(document, registry));
  const skipped = findSkipped(document, { types, wires }, order);
  const isSkipped = new Set(skipped.map(({ nodeId }) => nodeId));
  const nodes: GraphNode[] = [];
  for (const id of order) {
    const type = types.get(id);
    if (type === undefined) continue;
    const params = parseParams(document, { id, type }, problems);
    if (isSkipped.has(id)) continue;
    const inputs = dropSkipped(wires.get(id) ?? {}, isSkipped);
    checkRequired({ id, type, params, inputs }, problems);
    nodes.push({ id, label: document.nodes[id]?.label ?? id, type, params: params ?? {}, inputs });
  }
  return { problems, nodes, skipped, order };
}

function resolveTypes(
  document: GraphDocument,
  registry: Registry,
  problems: Problem[],
): Map<string, NodeType> {
  const types = new Map<string, NodeType>();
  const names = registry.list().map(({ type }) => type);
  for (const [id, node] of Object.entries(document.nodes)) {
    const type = registry.get(node.type);
    if (type !== undefined) types.set(id, type);
    else {
      const message = `expected ${listAccepted(node.type, names)}, got ${JSON.stringify(node.type)}`;
      problems.push({ path: `nodes.${id}.type`, message });
    }
  }
  return types;
}

type WiresByNode = Map<string, Record<string, Wire[]>>;

function checkEdges(
  document: GraphDocument,
  types: Map<string, NodeType>,
  problems: Problem[],
): WiresByNode {
  const wires: WiresByNode = new Map();
  document.edges.forEach((edge, index) => {
    const path = `edges.${index}`;
    const from = findPort(
      document,
      types,
      { path: `${path}.from`, reference: edge.from, side: 'outputs' },
      problems,
    );
    const to = findPort(
      document,
      types,
      { path: `${path}.to`, reference: edge.to, side: 'inputs' },
      problems,
    );
    if (to === 'missing') return;
    const problem = from === 'missing' ? undefined : explainEdge(edge, { from, to }, wires);
    if (problem !== undefined) problems.push({ path, message: problem });
    // A refused wire still counts as one, so that its input is not reported as unwired too.
    addWire(wires, edge);
  });
  return wires;
}

/** A port, or `unknown` when its node's type is not installed (reported once, at the node). */
type Found = Port | 'unknown' | 'missing';
type Lookup = {
  readonly path: string;
  readonly reference: string;
  readonly side: 'inputs' | 'outputs';
};

function findPort(
  document: GraphDocument,
  types: Map<string, NodeType>,
  lookup: Lookup,
  problems: Problem[],
): Found {
  const { path, reference, side } = lookup;
  const { nodeId, name } = splitReference(reference);
  if (!Object.hasOwn(document.nodes, nodeId)) {
    const message = `expected ${listAccepted(nodeId, Object.keys(document.nodes))}, got node ${JSON.stringify(nodeId)}`;
    problems.push({ path, message });
    return 'missing';
  }
  const ports: Ports | undefined = types.get(nodeId)?.[side];
  if (ports === undefined) return 'unknown';
  const port = ports[name];
  if (port !== undefined) return port;
  const noun = side === 'inputs' ? 'an input' : 'an output';
  const accepted = listAccepted(name, Object.keys(ports));
  problems.push({
    path,
    message: `expected ${noun} of ${nodeId}: ${accepted}, got ${JSON.stringify(name)}`,
  });
  return 'missing';
}

function explainEdge(
  edge: DocumentEdge,
  { from, to }: { from: Exclude<Found, 'missing'>; to: Exclude<Found, 'missing'> },
  wires: WiresByNode,
): string | undefined {
  if (to === 'unknown') return undefined;
  const { nodeId, name } = splitReference(edge.to);
  const taken = wires.get(nodeId)?.[name]?.[0];
  if (taken !== undefined && to.arity !== 'many') {
    return `expected one wire into ${edge.to}, which ${taken.nodeId}.${taken.port} feeds already, got ${edge.from} as well`;
  }
  if (from === 'unknown') return undefined;
  const mismatch = explainMismatch(from, to);
  return mismatch === undefined ? undefined : `${edge.from} -> ${edge.to}: ${mismatch}`;
}

function addWire(wires: WiresByNode, edge: DocumentEdge): void {
  const from = splitReference(edge.from);
  const to = splitReference(edge.to);
  const inputs = wires.get(to.nodeId) ?? {};
  inputs[to.name] = [...(inputs[to.name] ?? []), { nodeId: from.nodeId, port: from.name }];
  wires.set(to.nodeId, inputs);
}

/** Kahn's algorithm, ties broken by id so that the order of the file does not matter. */
function sortTopologically(document: GraphDocument, problems: Problem[]): string[] {
  const ids = Object.keys(document.nodes).sort();
  const sourcesOf = new Map(ids.map((id) => [id, new Set<string>()]));
  for (const { from, to } of document.edges) {
    const source = splitReference(from).nodeId;
    if (sourcesOf.has(source)) sourcesOf.get(splitReference(to).nodeId)?.add(source);
  }
  const order: string[] = [];
  const done = new Set<string>();
  for (;;) {
    const next = ids.find(
      (id) => !done.has(id) && [...sourcesOf.get(id)!].every((s) => done.has(s)),
    );
    if (next === undefined) break;
    done.add(next);
    order.push(next);
  }
  if (order.length < ids.length)
    problems.push({ path: 'edges', message: describeCycle(sourcesOf, done) });
  return order;
}

function describeCycle(sourcesOf: Map<string, Set<string>>, done: Set<string>): string {
  // Every node left has an unfinished source: walking back must come round to a node already on the path.
  const path: string[] = [[...sourcesOf.keys()].find((id) => !done.has(id))!];
  for (;;) {
    const back = [...sourcesOf.get(path[0]!)!].find((id) => !done.has(id))!;
    const start = path.indexOf(back);
    if (start >= 0)
      return `expected no cycle, got ${[back, ...path.slice(0, start + 1)].join(' -> ')}`;
    path.unshift(back);
  }
}

function parseParams(
  document: GraphDocument,
  { id, type }: { id: string; type: NodeType },
  problems: Problem[],
): Record<string, unknown> | undefined {
  const node = document.nodes[id]!;
  if (node.version > type.version) {
    const message = `expected at most ${type.version}, the version of ${type.type} installed here, got ${node.version}`;
    problems.push({ path: `nodes.${id}.version`, message });
    return undefined;
  }
  const saved =
    node.version < type.version && type.migrate
      ? type.migrate(node.params, node.version)
      : node.params;
  const result = type.params.safeParse(saved, { reportInput: true });
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const { path, message } = toProblem(issue);
    const hint =
      issue.code === 'unrecognized_keys'
        ? `; accepted: ${Object.keys(type.params.shape).join(', ')}`
        : '';
    problems.push({
      path: ['nodes', id, 'params', path].filter(Boolean).join('.'),
      message: message + hint,
    });
  }
  return undefined;
}

type Candidate = Pick<GraphNode, 'id' | 'type' | 'inputs'> & {
  readonly params: Record<string, unknown> | undefined;
};

function checkRequired({ id, type, params, inputs }: Candidate, problems: Problem[]): void {
  for (const [name, { arity, kind, doc }] of Object.entries(type.inputs)) {
    if (arity === 'one' && (inputs[name] ?? []).length === 0) {
      problems.push({
        path: `nodes.${id}.inputs.${name}`,
        message: `expected a wire with ${kind} (${doc}), got none`,
      });
    }
  }
  if (params === undefined) return;
  const wired = new Set(Object.keys(inputs).filter((name) => inputs[name]!.length > 0));
  const missing = type.requires(wired, params);
  if (missing !== undefined) problems.push({ path: `nodes.${id}.inputs`, message: missing });
}

function checkReferences(document: GraphDocument, problems: Problem[]): void {
  const ids = Object.keys(document.nodes);
  for (const [name, reference] of Object.entries(document.expose ?? {})) {
    const { nodeId } = splitReference(reference);
    if (Object.hasOwn(document.nodes, nodeId)) continue;
    problems.push({
      path: `expose.${name}`,
      message: `expected ${listAccepted(nodeId, ids)}, got node ${JSON.stringify(nodeId)}`,
    });
  }
  const drawn = [
    ...Object.keys(document.layout ?? {}).map((nodeId) => ({ path: `layout.${nodeId}`, nodeId })),
    ...(document.groups ?? []).flatMap(({ id, nodes }) =>
      nodes.map((nodeId) => ({ path: `groups.${id}.nodes`, nodeId })),
    ),
  ];
  for (const { path, nodeId } of drawn) {
    if (Object.hasOwn(document.nodes, nodeId)) continue;
    const message = `expected ${listAccepted(nodeId, ids)}, got node ${JSON.stringify(nodeId)}`;
    problems.push({ path, message });
  }
}

type Resolved = { readonly types: Map<string, NodeType>; readonly wires: WiresByNode };

/** Disabled nodes, and those left without a required input because of them. */
function findSkipped(
  document: GraphDocument,
  { types, wires }: Resolved,
  order: readonly string[],
): Graph['skipped'] {
  const skipped = new Map<string, string>();
  for (const id of order) {
    if (document.nodes[id]?.disabled) skipped.set(id, 'disabled');
    for (const [name, sources] of Object.entries(wires.get(id) ?? {})) {
      const lost = sources.find(({ nodeId }) => skipped.has(nodeId));
      if (lost !== undefined && types.get(id)?.inputs[name]?.arity === 'one' && !skipped.has(id)) {
        skipped.set(
          id,
          `needs ${lost.nodeId}, which is ${skipped.get(lost.nodeId) === 'disabled' ? 'disabled' : 'skipped'}`,
        );
      }
    }
  }
  return [...skipped].map(([nodeId, reason]) => ({ nodeId, reason }));
}

function dropSkipped(
  inputs: Record<string, Wire[]>,
  isSkipped: ReadonlySet<string>,
): Record<string, Wire[]> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, sources]) => [
      name,
      sources.filter(({ nodeId }) => !isSkipped.has(nodeId)),
    ]),
  );
}
