/** The outputs of a graph's steps: of a finished run, or of what is stored for the graph on the canvas. */
import { type GraphDocument, type PortKind, splitReference } from '@radiograph/graph';
import { createContext, useContext, useMemo } from 'react';
import { type Catalog, useCatalog } from '../catalog/catalog.ts';
import { type Checks, useChecks } from '../checks/checks-store.ts';
import { emptyDocument, useDocument } from '../document/document-store.ts';
import { type RunsState, shownRun, useRuns } from '../runs/runs-store.ts';

export type ResultSet = {
  readonly document: GraphDocument;
  /** Digests by output, by node. */
  readonly outputs: ReadonlyMap<string, Readonly<Record<string, string>>>;
};

/** One output that exists. */
export type Output = {
  readonly nodeId: string;
  readonly port: string;
  readonly kind: PortKind;
  readonly digest: string;
};

const nothing: ResultSet = {
  document: emptyDocument(''),
  outputs: new Map(),
};

/** The results that the views inside are about. */
export const ResultContext = createContext<ResultSet>(nothing);
export const useResults = (): ResultSet => useContext(ResultContext);

type Outputs = ResultSet['outputs'];
let live: { readonly key: string; readonly outputs: Outputs } = { key: '', outputs: new Map() };

/** What the run that goes on has made so far. Progress alone keeps the object, so that nothing renders again. */
function liveOutputs(state: RunsState): Outputs {
  const run = shownRun(state);
  const made = [...(run?.status === 'running' ? run.steps : [])]
    .map(([id, { outputs }]) => [id, outputs] as const)
    .filter(([, outputs]) => Object.keys(outputs).length > 0);
  const key = `${run?.runId} ${made.map(([id]) => id).join(' ')}`;
  if (key !== live.key) live = { key, outputs: new Map(made) };
  return live.outputs;
}

type Plan = Checks['plan'];
let last: { readonly key: readonly unknown[]; readonly results: ResultSet } = {
  key: [],
  results: nothing,
};

/** One result set for all who ask about the same document, plan and run. */
function joinResults(document: GraphDocument, plan: Plan, made: Outputs): ResultSet {
  const key = [document, plan, made];
  if (!key.every((part, i) => part === last.key[i])) {
    const outputs = new Map<string, Readonly<Record<string, string>>>();
    for (const [id, step] of plan) if (step.type === 'reuse') outputs.set(id, step.outputs);
    for (const [id, digests] of made) outputs.set(id, digests);
    last = { key, results: { document, outputs } };
  }
  return last.results;
}

/** What is stored for the graph on the canvas: by the plan, and by the run that goes on. */
export function useCanvasResults(): ResultSet {
  const document = useDocument((state) => state.document);
  const plan = useChecks((checks) => checks.plan);
  const made = useRuns(liveOutputs);
  return joinResults(document, plan, made);
}

/** Whether anything is stored for one node; other nodes' results render nothing again. */
export function useHasOutputs(nodeId: string): boolean {
  const isReused = useChecks(({ plan }) => plan.get(nodeId)?.type === 'reuse');
  const isMade = useRuns((state) => liveOutputs(state).has(nodeId));
  return isReused || isMade;
}

/** The outputs of one node, or of all in the order of the document. */
export function listOutputs(
  { document, outputs }: ResultSet,
  catalog: Catalog,
  only?: string,
): readonly Output[] {
  const ids = only === undefined ? Object.keys(document.nodes) : [only];
  return ids.flatMap((nodeId) => {
    const ports = catalog.get(document.nodes[nodeId]?.type ?? '')?.outputs ?? {};
    const digests = outputs.get(nodeId) ?? {};
    return Object.entries(ports).flatMap(([port, { kind }]) => {
      const digest = digests[port];
      return digest === undefined ? [] : [{ nodeId, port, kind, digest }];
    });
  });
}

const mostSources = 16; // the server's limit

/** Artifacts that have the pixels of a result's images: its own, then those that were read from files, then what was made of them. */
export function imageSources(
  results: ResultSet,
  catalog: Catalog,
  { kind, digest }: Pick<Output, 'kind' | 'digest'>,
): readonly string[] {
  const all = listOutputs(results, catalog).filter((output) => output.kind === 'images');
  const depth = depthOf(results.document);
  const sorted = all.toSorted((a, b) => (depth.get(a.nodeId) ?? 0) - (depth.get(b.nodeId) ?? 0));
  const own = kind === 'images' || kind === 'supervision' ? [digest] : [];
  return [...new Set([...own, ...sorted.map((output) => output.digest)])].slice(0, mostSources);
}

/** How many wires lie before each node on the longest way. */
function depthOf({ nodes, edges }: GraphDocument): ReadonlyMap<string, number> {
  const depth = new Map<string, number>();
  const before = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const target = splitReference(to).nodeId;
    before.set(target, [...(before.get(target) ?? []), splitReference(from).nodeId]);
  }
  const visit = (id: string, seen: ReadonlySet<string>): number => {
    const known = depth.get(id);
    if (known !== undefined || seen.has(id)) return known ?? 0;
    const within = new Set(seen).add(id);
    const own = Math.max(0, ...(before.get(id) ?? []).map((other) => visit(other, within) + 1));
    depth.set(id, own);
    return own;
  };
  for (const id of Object.keys(nodes)) visit(id, new Set());
  return depth;
}

/** The image sources of a result in the surrounding context. */
export function useImageSources(output: Pick<Output, 'kind' | 'digest'>): readonly string[] {
  const results = useResults();
  const catalog = useCatalog();
  const { kind, digest } = output;
  return useMemo(
    () => imageSources(results, catalog, { kind, digest }),
    [results, catalog, kind, digest],
  );
}
