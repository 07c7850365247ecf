/** What the submitting process and the jobs tell each other, as files in the folder of the sweep's record on the shared file system. */
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument, printDocument, type Registry, validateGraph } from '@radiograph/graph';
import { type RunOptions, readTextIfPresent, writeDurably } from '@radiograph/runtime';
import type { SweepJob } from '../plan/group-jobs.ts';
import type { SweepPlan } from '../plan/plan-sweep.ts';
import type { JobOutcome } from '../run/executor.ts';
import type { JobPlan } from '../run/run-job.ts';
import type { Batch } from './batches.ts';

/** Where the files lie. */
export const jobPaths = (folder: string) => ({
  plan: join(folder, 'slurm', 'plan.json'),
  logs: join(folder, 'slurm', 'logs'),
  script: join(folder, 'slurm', 'job.sh'),
  events: (job: string) => join(folder, 'slurm', `${job}.events.jsonl`),
  outcome: (job: string) => join(folder, 'slurm', `${job}.outcome.json`),
});

type StoredPlan = {
  readonly home: string;
  readonly graphPath: string;
  readonly engine: RunOptions['engine'] | null;
  readonly documents: readonly string[];
  readonly recipes: readonly (readonly [string, string])[][];
  readonly jobs: readonly SweepJob[];
  readonly shards: number;
  readonly batches: readonly Batch[];
};

type Workplace = Pick<RunOptions, 'home' | 'graphPath' | 'engine'>;

/** Writes what the jobs must know. */
export async function writeJobPlan(
  folder: string,
  { plan, place, batches }: { plan: SweepPlan; place: Workplace; batches: readonly Batch[] },
): Promise<void> {
  const paths = jobPaths(folder);
  mkdirSync(paths.logs, { recursive: true });
  const stored: StoredPlan = {
    home: place.home,
    graphPath: place.graphPath,
    engine: place.engine ?? null,
    documents: plan.cells.map(({ graph }) => printDocument(graph.document)),
    recipes: plan.recipes.map((recipes) => [...recipes]),
    jobs: plan.jobs,
    shards: plan.shards,
    batches,
  };
  await writeDurably(paths.plan, JSON.stringify(stored));
}

/** Reads it back in a job; graphs are proved again from their texts. */
export async function readJobPlan(
  folder: string,
  registry: Registry,
): Promise<{
  readonly plan: JobPlan;
  readonly place: Workplace;
  readonly batches: readonly Batch[];
}> {
  const text = await readFile(jobPaths(folder).plan, 'utf8');
  const stored = JSON.parse(text) as StoredPlan; // written by `writeJobPlan` alone, whole or not at all
  const { home, graphPath, engine, jobs, shards, batches } = stored;
  const cells = stored.documents.map((document) => ({
    graph: validateGraph(parseDocument(document), registry),
  }));
  return {
    plan: { cells, jobs, shards, recipes: stored.recipes.map((pairs) => new Map(pairs)) },
    place: { home, graphPath, ...(engine === null || engine === undefined ? {} : { engine }) },
    batches,
  };
}

/** Writes how a job ended. */
export async function writeOutcome(folder: string, outcome: JobOutcome): Promise<void> {
  await writeDurably(jobPaths(folder).outcome(outcome.job), `${JSON.stringify(outcome)}\n`);
}

/** How a job ended; undefined while it has not. */
export async function readOutcome(folder: string, job: string): Promise<JobOutcome | undefined> {
  const text = await readTextIfPresent(jobPaths(folder).outcome(job));
  return text === undefined ? undefined : (JSON.parse(text) as JobOutcome); // written by `writeOutcome`
}
