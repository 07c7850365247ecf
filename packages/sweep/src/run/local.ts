/** Runs a sweep on this machine: several worker processes at once, within its cores and memory. */
import { availableParallelism, freemem } from 'node:os';
import { openWorkers, type Workers } from '@radiograph/runtime';
import type { SweepJob } from '../plan/group-jobs.ts';
import type { Executor, ExecutorTask, JobOutcome } from './executor.ts';
import { runJob } from './run-job.ts';

export type LocalOptions = {
  /** Worker processes at once; default as many as cores and memory allow. */
  readonly workers?: number;
  /** Memory to keep free for each, in bytes. */
  readonly memoryPerWorker?: number;
};

// What a training of the paper's networks at batch 8 needs with its engine.
const defaultMemoryPerWorker = 1.5 * 2 ** 30;

/** The local executor. */
export function createLocalExecutor(options: LocalOptions = {}): Executor {
  return {
    name: 'local',
    async run(task) {
      const workers = countWorkers(options);
      // Fixed for the whole sweep, so that a step's threads do not depend on what happened to run beside it.
      const threads = Math.max(1, Math.floor(availableParallelism() / workers));
      // Jobs use the same processes one after another: each loads code and engine once.
      const processes = openWorkers(task.place);
      const outcomes = new Map<string, JobOutcome>();
      const waiting = orderByNeed(task.plan.jobs);
      const running = new Map<string, Promise<void>>();
      while (waiting.length > 0 || running.size > 0) {
        const next = waiting.findIndex(({ needs }) => needs.every((id) => outcomes.has(id)));
        if (next >= 0 && running.size < workers) {
          const [job] = waiting.splice(next, 1);
          const ended = runLocally(job!, { ...task, threads, outcomes, processes }).then(
            (outcome) => {
              outcomes.set(job!.id, outcome);
              running.delete(job!.id);
            },
          );
          running.set(job!.id, ended);
        } else await Promise.race(running.values());
      }
      await processes.close();
      return outcomes;
    },
  };
}

function countWorkers({ workers, memoryPerWorker = defaultMemoryPerWorker }: LocalOptions): number {
  if (workers !== undefined) return workers;
  const byMemory = Math.floor(freemem() / memoryPerWorker);
  return Math.max(1, Math.min(availableParallelism(), byMemory));
}

/** Jobs that most work waits for come first: the longest chain of estimated seconds, then the number of cells. */
export function orderByNeed(jobs: readonly SweepJob[]): SweepJob[] {
  const chains = new Map<string, number>();
  const chainOf = (job: SweepJob): number => {
    const known = chains.get(job.id);
    if (known !== undefined) return known;
    const after = jobs.filter(({ needs }) => needs.includes(job.id)).map(chainOf);
    const chain = job.seconds + Math.max(0, ...after);
    chains.set(job.id, chain);
    return chain;
  };
  return jobs.toSorted((a, b) => chainOf(b) - chainOf(a) || b.cells.length - a.cells.length);
}

type LocalJob = ExecutorTask & {
  readonly threads: number;
  readonly outcomes: ReadonlyMap<string, JobOutcome>;
  readonly processes: Workers;
};

async function runLocally(
  job: SweepJob,
  { plan, place, emit, signal, threads, outcomes, processes }: LocalJob,
): Promise<JobOutcome> {
  if (signal.aborted)
    return { job: job.id, status: 'canceled', runId: null, error: 'canceled', steps: {} };
  const cells = job.cells.map((cell) => plan.cells[cell]!.name);
  emit({ type: 'job-started', job: job.id, cells, only: job.only });
  const onEvent = (event: Parameters<Parameters<typeof runJob>[1]['onEvent']>[0]) =>
    emit({ type: 'job-event', job: job.id, event });
  const outcome = await runJob(job, {
    plan,
    place,
    before: outcomes,
    threads,
    signal,
    onEvent,
    workers: processes,
  }).catch(
    (error: unknown): JobOutcome => ({
      job: job.id,
      status: 'failed',
      runId: null,
      error: error instanceof Error ? error.message : String(error),
      steps: {},
    }),
  );
  const { status, runId, error } = outcome;
  emit({ type: 'job-finished', job: job.id, status, runId, error });
  return outcome;
}
