/** One job of a sweep: a run of its cell's graph, without what cannot run because a job before it failed. */
import { type RunEvent, type Sharding, startRun, type Workers } from '@radiograph/runtime';
import type { ProvedCell } from '../cells/check-cells.ts';
import type { SweepJob } from '../plan/group-jobs.ts';
import type { SweepPlan } from '../plan/plan-sweep.ts';
import type { JobOutcome, Outcomes, RunPlace } from './executor.ts';

/** The part of a plan that running a job needs. */
export type JobPlan = Pick<SweepPlan, 'jobs' | 'recipes' | 'shards'> & {
  readonly cells: readonly Pick<ProvedCell, 'graph'>[];
};

export type JobOptions = {
  readonly plan: JobPlan;
  readonly place: RunPlace;
  /** Outcomes of the jobs that it needs. */
  readonly before: Outcomes;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
  /** Processes that jobs share; default one per job. */
  readonly workers?: Workers;
};

/** Runs a job. Never throws for what a node did; the outcome says it. */
export async function runJob(job: SweepJob, options: JobOptions): Promise<JobOutcome> {
  const { plan, place, before, ...rest } = options;
  const { graph } = plan.cells[job.cell]!;
  const blocked = findBlocked(job, { plan, before });
  const wanted = (job.only ?? graph.nodes.map(({ id }) => id)).filter((id) => !blocked.has(id));
  const reason = blocked.values().next().value ?? null;
  if (wanted.length === 0)
    return { job: job.id, status: 'failed', runId: null, error: reason, steps: {} };
  const isWhole = job.only === null && blocked.size === 0;
  const { result } = await startRun({
    ...place,
    ...rest,
    graph,
    ...(isWhole ? {} : { only: wanted }),
    ...(plan.shards === 1 ? {} : { sharding: shardingOf(job, plan.shards) }),
  });
  const error = result.error === null ? reason : result.error.message;
  const status = result.status === 'done' && reason !== null ? 'failed' : result.status;
  return { job: job.id, status, runId: result.runId, error, steps: result.steps };
}

function shardingOf({ shard, only }: SweepJob, count: number): Sharding {
  const part = shard === null ? null : { nodeId: only![0]!, index: shard }; // a shard has one node
  return { count, part };
}

/** Nodes of the job's cell that failed in a job before it, and those behind them, with the reason. */
function findBlocked(
  job: SweepJob,
  { plan, before }: Pick<JobOptions, 'plan' | 'before'>,
): Map<string, string> {
  const needed = plan.jobs.filter(({ id }) => job.needs.includes(id));
  const failed = new Map(needed.flatMap((other) => listFailed(other, before.get(other.id), plan)));
  const blocked = new Map<string, string>();
  const recipes = plan.recipes[job.cell]!;
  for (const node of plan.cells[job.cell]!.graph.nodes) {
    const sources = Object.values(node.inputs).flat();
    const reason = [
      failed.get(recipes.get(node.id)!),
      ...sources.map(({ nodeId }) => blocked.get(nodeId)),
    ].find((why) => why !== undefined);
    if (reason !== undefined) blocked.set(node.id, reason);
  }
  return blocked;
}

/** Recipes of the steps that a shared job did not finish, each with the reason. */
function listFailed(
  { cell, only }: SweepJob,
  outcome: JobOutcome | undefined,
  { recipes }: JobPlan,
): [string, string][] {
  if (outcome === undefined || outcome.status === 'done') return [];
  return (only ?? [])
    .filter((nodeId) => !isFinished(outcome.steps[nodeId]?.status))
    .map((nodeId) => [recipes[cell]!.get(nodeId)!, outcome.error ?? 'canceled']);
}

const isFinished = (status: string | undefined): boolean => status === 'ran' || status === 'reused';
