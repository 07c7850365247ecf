/** One task of an array: the process that Slurm starts on a node of the cluster. */
import { appendFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createRegistry } from '@radiograph/graph';
import { type NodePackage, nodeTypesOf, type RunEvent, type RunOptions } from '@radiograph/runtime';
import type { JobOutcome } from '../run/executor.ts';
import { runJob } from '../run/run-job.ts';
import { jobPaths, readJobPlan, readOutcome, writeOutcome } from './job-files.ts';

export type ServeJobOptions = Pick<RunOptions, 'workerEntry' | 'workerArguments'> & {
  readonly packages: readonly NodePackage[];
  /** Folder of the sweep's record, number of the array, number of the task. */
  readonly args: readonly string[];
};

/** Runs the job of this array task and leaves its outcome and events in the sweep's folder. A requeued task starts here again. */
export async function serveJob({ packages, args, ...entry }: ServeJobOptions): Promise<void> {
  const [folder, batch, task] = args as [string, string, string]; // the script passes three
  const registry = createRegistry(nodeTypesOf(packages));
  const { plan, place, batches } = await readJobPlan(folder, registry);
  const id = batches[Number(batch)]!.jobs[Number(task)]!;
  const job = plan.jobs.find((one) => one.id === id)!;
  const before = new Map<string, JobOutcome>();
  for (const need of job.needs) {
    // A job that left the queue without an outcome counts as failed: its steps are then blocked.
    const missing: JobOutcome = {
      job: need,
      status: 'failed',
      runId: null,
      error: `${need} left no result`,
      steps: {},
    };
    before.set(need, (await readOutcome(folder, need)) ?? missing);
  }
  const onEvent = (event: RunEvent) =>
    appendFileSync(jobPaths(folder).events(id), `${JSON.stringify(event)}\n`);
  const outcome = await runJob(job, {
    plan,
    place: { ...place, ...entry, packages },
    before,
    threads: Number(process.env.SLURM_CPUS_PER_TASK ?? availableParallelism()),
    signal: cancelOnTerm(),
    onEvent,
  }).catch((error: unknown): JobOutcome => {
    const message = error instanceof Error ? error.message : String(error);
    return { job: id, status: 'failed', runId: null, error: message, steps: {} };
  });
  await writeOutcome(folder, outcome);
}

/** scancel and the end of the time limit send SIGTERM first, and more than once; SIGKILL comes 30 s later (KillWait). */
function cancelOnTerm(): AbortSignal {
  const canceled = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => canceled.abort());
  return canceled.signal;
}
