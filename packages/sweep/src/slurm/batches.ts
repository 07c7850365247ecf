/** Jobs -> arrays: jobs of one depth that ask for the same resources are submitted together. */
import { canonicalJson } from '@radiograph/graph';
import type { SweepJob } from '../plan/group-jobs.ts';
import type { SweepPlan } from '../plan/plan-sweep.ts';
import { type Resources, requestOf, type SlurmSettings } from './settings.ts';

/** One array. Task i runs `jobs[i]`. `after`: positions of the arrays that must have ended. */
export type Batch = {
  readonly jobs: readonly string[];
  readonly request: Resources;
  readonly after: readonly number[];
};

/** Groups the jobs of a plan into arrays, in the order of submission. */
export function batchJobs(
  { jobs, cells, recipes }: Pick<SweepPlan, 'jobs' | 'cells' | 'recipes'>,
  settings: SlurmSettings,
): Batch[] {
  const depths = new Map<string, number>();
  const depthOf = (job: SweepJob): number => {
    const known = depths.get(job.id);
    if (known !== undefined) return known;
    const before = jobs.filter(({ id }) => job.needs.includes(id)).map(depthOf);
    const depth = Math.max(-1, ...before) + 1;
    depths.set(job.id, depth);
    return depth;
  };
  const groups = new Map<string, { depth: number; request: Resources; members: SweepJob[] }>();
  for (const job of jobs) {
    const nodes = cells[job.cell]!.graph.nodes.filter(({ id }) =>
      job.tasks.includes(recipes[job.cell]!.get(id)!),
    );
    const request = requestOf(nodes, settings);
    const depth = depthOf(job);
    const key = `${depth} ${canonicalJson(request)}`;
    const group = groups.get(key) ?? { depth, request, members: [] };
    group.members.push(job);
    groups.set(key, group);
  }
  const ordered = [...groups.values()].sort((a, b) => a.depth - b.depth);
  return ordered.map(({ request, members }) => {
    const needs = new Set(members.flatMap((job) => job.needs));
    const after = ordered.flatMap((group, i) =>
      group.members.some(({ id }) => needs.has(id)) ? [i] : [],
    );
    return { jobs: members.map(({ id }) => id), request, after };
  });
}
