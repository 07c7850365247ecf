/** Runs a sweep on this machine: several worker processes at once, within its cores, memory and devices. */
import { openWorkers, type Workers } from '@radiograph/runtime';
import { openEngine } from '@radiograph/tensor';
import type { SweepJob } from '../plan/group-jobs.ts';
import { fits, type Limits, type Need, needOf } from './admit.ts';
import type { Executor, ExecutorTask, JobOutcome, RunPlace } from './executor.ts';
import { type Machine, readMachine } from './machine.ts';
import { runJob } from './run-job.ts';

export type LocalOptions = {
  /** Jobs at once, each in a worker process; default as many as there are cores. */
  readonly workers?: number;
  /** What jobs at once may hold together, as far as earlier runs tell; default what is free. */
  readonly memoryBytes?: number;
  /** Accelerators, one for each job that computes with the engine; default those that the engine finds. */
  readonly devices?: readonly string[];
  /** What there is; default this machine. */
  readonly machine?: Machine;
};

// What a training of the paper's networks at batch 8 needs with its engine.
const memoryPerWorker = 1.5 * 2 ** 30;

/** The local executor. */
export function createLocalExecutor(options: LocalOptions = {}): Executor {
  return {
    name: 'local',
    async run(task) {
      const limits = limitsOf(options, task);
      const stocks = openStocks(task.place);
      const outcomes = new Map<string, JobOutcome>();
      const waiting = orderByNeed(task.plan.jobs);
      const running = new Map<string, Running>();
      const idle = [...(limits.devices ?? [])];
      while (waiting.length > 0 || running.size > 0) {
        const taken = [...running.values()].map(({ need }) => need);
        const isNext = (job: SweepJob) =>
          job.needs.every((id) => outcomes.has(id)) &&
          fits(needOf(job, task.plan, limits), taken, limits);
        const next = waiting.findIndex(isNext);
        if (next < 0) {
          await Promise.race([...running.values()].map(({ ended }) => ended));
          continue;
        }
        const [job] = waiting.splice(next, 1) as [SweepJob];
        const need = needOf(job, task.plan, limits);
        const device = need.device ? idle.shift() : undefined;
        const { threads } = need;
        const workers = stocks.of(device);
        const ended = runLocally(job, { ...task, threads, outcomes, workers }).then((outcome) => {
          outcomes.set(job.id, outcome);
          running.delete(job.id);
          if (device !== undefined) idle.push(device);
        });
        running.set(job.id, { need, ended });
      }
      await stocks.close();
      return outcomes;
    },
  };
}

type Running = { readonly need: Need; readonly ended: Promise<void> };

function limitsOf(options: LocalOptions, { plan, place }: ExecutorTask): Limits {
  const machine = options.machine ?? readMachine(openEngine(place.engine ?? 'ort'));
  const { cores } = machine;
  const atOnce = plan.cells.length * plan.shards; // more never run beside each other
  return {
    cores,
    workers: options.workers ?? Math.min(cores, atOnce),
    memoryPerWorker,
    memoryBytes: options.memoryBytes ?? machine.memoryBytes,
    devices: options.devices ?? machine.devices,
  };
}

/** Jobs use the same processes one after another: each loads code and engine once. A process keeps the device that it began with. */
function openStocks(place: RunPlace) {
  const stocks = new Map<string | undefined, Workers>();
  return {
    of(device: string | undefined): Workers {
      const environment = device === undefined ? {} : { CUDA_VISIBLE_DEVICES: device };
      const stock = stocks.get(device) ?? openWorkers({ ...place, environment });
      stocks.set(device, stock);
      return stock;
    },
    close: () => Promise.all([...stocks.values()].map((stock) => stock.close())),
  };
}

/** Jobs that most work waits for come first: the longest chain of estimated seconds, then the number of cells. */
export function orderByNeed<J extends Ordered>(jobs: readonly J[]): J[] {
  const chains = new Map<string, number>();
  const chainOf = (job: J): number => {
    const known = chains.get(job.id);
    if (known !== undefined) return known;
    const after = jobs.filter(({ needs }) => needs.includes(job.id)).map(chainOf);
    const chain = job.seconds + Math.max(0, ...after);
    chains.set(job.id, chain);
    return chain;
  };
  return jobs.toSorted((a, b) => chainOf(b) - chainOf(a) || b.cells.length - a.cells.length);
}

type Ordered = Pick<SweepJob, 'id' | 'needs' | 'seconds' | 'cells'>;

type LocalJob = ExecutorTask & {
  readonly threads: number;
  readonly outcomes: ReadonlyMap<string, JobOutcome>;
  readonly workers: Workers;
};

async function runLocally(
  job: SweepJob,
  { plan, place, emit, signal, threads, outcomes, workers }: LocalJob,
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
    workers,
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
