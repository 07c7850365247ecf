/** Runs as researchers know them: when, which arm of which sweep, and what they scored. */
import { parseDocument, type Registry } from '@radiograph/graph';
import type { Interval, Scores } from '@radiograph/kinds';
import {
  type RunDetails,
  type RunSummary,
  readRunDetails,
  type Store,
  summarizeRuns,
} from '@radiograph/runtime';
import { readSweepDetails, summarizeSweeps } from '@radiograph/sweep';

/** What an evaluator of a run measured; null where nothing was defined. */
export type RunScore = {
  readonly nodeId: string;
  readonly mean: number | null;
  readonly interval: Interval | null;
};

/** Where a run lies on the axes of a sweep. */
export type RunCell = {
  readonly sweepId: string;
  readonly arm: string;
  readonly values: Readonly<Record<string, string>>;
  readonly seed: number;
};

export type DescribedRun = RunSummary & {
  /** Null for a run that belongs to no sweep. */
  readonly cell: RunCell | null;
  readonly scores: readonly RunScore[];
};

type Sources = { readonly home: string; readonly registry: Registry; readonly store: Store };

/** The newest runs, newest first. */
export async function describeRuns(sources: Sources, limit: number): Promise<DescribedRun[]> {
  const runs = await summarizeRuns(sources.home, limit);
  const cells = await findCells(sources.home);
  const described: DescribedRun[] = [];
  for (const run of runs) {
    const scores = run.status === 'done' ? await readRunScores(run.runId, sources) : [];
    described.push({ ...run, cell: cells.get(run.runId) ?? null, scores });
  }
  return described;
}

/** What the evaluators of a run measured; those whose scores are no longer in the store are left out. */
export async function readRunScores(
  runId: string,
  { home, registry, store }: Sources,
): Promise<RunScore[]> {
  const scores: RunScore[] = [];
  for (const { nodeId, digest } of listScores(await readRunDetails(home, runId), registry)) {
    if (!(await store.has(digest))) continue;
    const { perImage, bootstrap } = (await store.get(digest)).value as Scores; // the port says so
    scores.push({ nodeId, mean: perImage.mean, interval: bootstrap.mean });
  }
  return scores;
}

/** Artifacts of scores by the node that made them; those of human readers are no result of the run. */
export function listScores(
  { graphText, steps }: RunDetails,
  registry: Registry,
): { readonly nodeId: string; readonly digest: string }[] {
  const { nodes } = parseDocument(graphText);
  return Object.entries(steps).flatMap(([nodeId, { outputs }]) => {
    const ports = registry.get(nodes[nodeId]?.type ?? '')?.outputs ?? {};
    return Object.entries(ports).flatMap(([port, { kind }]) => {
      const digest = outputs[port];
      const isScore = kind === 'scores' && port !== 'readers' && digest !== undefined;
      return isScore ? [{ nodeId, digest }] : [];
    });
  });
}

async function findCells(home: string): Promise<ReadonlyMap<string, RunCell>> {
  const found = new Map<string, RunCell>();
  for (const { sweepId } of await summarizeSweeps(home)) {
    const { cells } = await readSweepDetails(home, sweepId);
    for (const { runId, arm, values, seed } of cells)
      if (runId !== null) found.set(runId, { sweepId, arm, values, seed });
  }
  return found;
}
