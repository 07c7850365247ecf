/**
 * Runs a sweep on a Slurm cluster whose nodes share the store: one array per depth of the plan and kind of request.
 *
 * Arrays (`submit.ts`) wait for those before them with `afterany`: a job decides itself what it can do without a step that failed. A job that lost
 * its node is queued again by Slurm, finds what is finished in the store and goes on from its last checkpoint.
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunEvent } from '@radiograph/runtime';
import type { Executor, ExecutorTask, JobOutcome } from '../run/executor.ts';
import { batchJobs } from './batches.ts';
import { type ArrayId, cancelArrays, readEnd, readQueue } from './commands.ts';
import { jobPaths, readOutcome, writeJobPlan } from './job-files.ts';
import type { SlurmSettings } from './settings.ts';
import { type Submitted, submitAll } from './submit.ts';

export type SlurmOptions = {
  readonly settings: SlurmSettings;
  /** The command that runs `serveJob` on a node; the folder and two numbers are added to it. */
  readonly jobCommand: readonly string[];
  readonly pollMs?: number;
};

/** The Slurm executor. @throws a usage error if Slurm's commands are missing or refuse. */
export function createSlurmExecutor(options: SlurmOptions): Executor {
  return {
    name: 'slurm',
    async run(task) {
      const batches = batchJobs(task.plan, options.settings);
      await writeJobPlan(task.folder, { plan: task.plan, place: task.place, batches });
      const tasks = await submitAll(batches, { ...task, ...options });
      return watch(tasks, task, options.pollMs ?? 2000);
    },
  };
}

async function watch(
  tasks: readonly Submitted[],
  task: ExecutorTask,
  pollMs: number,
): Promise<ReadonlyMap<string, JobOutcome>> {
  const outcomes = new Map<string, JobOutcome>();
  const follow = createFollower(task);
  const findOutcome = createOutcomeFinder(task);
  const arrays = [...new Set(tasks.map(({ array }) => array))];
  const stopListening = cancelOnAbort(task.signal, arrays);
  while (outcomes.size < tasks.length) {
    // A controller that does not answer for a while ends nothing.
    const queue = await readQueue(arrays).catch(() => undefined);
    for (const submitted of tasks.filter(({ job }) => !outcomes.has(job))) {
      const { job, taskId } = submitted;
      follow(job, queue?.get(taskId));
      const outcome = await findOutcome(submitted, queue);
      if (outcome === undefined) continue;
      follow(job, 'ENDED');
      outcomes.set(job, outcome);
      const { status, runId, error } = outcome;
      task.emit({ type: 'job-finished', job, status, runId, error });
    }
    if (outcomes.size < tasks.length) await sleep(pollMs);
  }
  stopListening();
  return outcomes;
}

/** Takes the arrays out of the queue; tasks that run get SIGTERM first. */
function cancelOnAbort(signal: AbortSignal, arrays: readonly ArrayId[]): () => void {
  const cancel = () => void cancelArrays(arrays).catch(() => {});
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  return () => signal.removeEventListener('abort', cancel);
}

// A file may reach this machine later than the news that its writer has ended.
const patience = 5;

/** A job has ended when its outcome is there, or when it has been out of the queue for a while and left none. */
function createOutcomeFinder({ signal, folder }: ExecutorTask) {
  const missing = new Map<string, number>();
  return async (
    { job, array, taskId }: Submitted,
    queue: ReadonlyMap<string, string> | undefined,
  ): Promise<JobOutcome | undefined> => {
    const outcome = await readOutcome(folder, job);
    if (outcome !== undefined || queue === undefined || queue.has(taskId)) return outcome;
    const count = (missing.get(job) ?? 0) + 1;
    missing.set(job, count);
    if (count < patience) return undefined;
    const log = join(jobPaths(folder).logs, `${taskId}.log`);
    const lost = { job, runId: null, steps: {} };
    return signal.aborted
      ? { ...lost, status: 'canceled', error: 'canceled by the user' }
      : { ...lost, status: 'failed', error: await explainEnd(array, taskId, log) };
  };
}

/** Accounting may say why; without it the log does. */
async function explainEnd(array: ArrayId, taskId: string, log: string): Promise<string> {
  const state = await readEnd(array, taskId);
  return `slurm ${taskId} ended ${state === undefined ? '' : `(${state}) `}without a result, see ${log}`;
}

/** Hands on the events that jobs append to their files, and says when a job starts. */
function createFollower({ folder, emit, plan }: ExecutorTask) {
  const offsets = new Map<string, number>();
  const states = new Map<string, string>();
  return (job: string, state: string | undefined): void => {
    const path = jobPaths(folder).events(job);
    if (state !== undefined && states.get(job) !== state) {
      if (state === 'RUNNING' && !states.has(`${job} started`)) {
        states.set(`${job} started`, state);
        const { cells, only } = plan.jobs.find(({ id }) => id === job)!;
        emit({
          type: 'job-started',
          job,
          cells: cells.map((cell) => plan.cells[cell]!.name),
          only,
        });
      } else if (state !== 'ENDED') emit({ type: 'job-log', job, message: state.toLowerCase() });
      states.set(job, state);
    }
    if (!existsSync(path)) return;
    const { text, end } = readFrom(path, offsets.get(job) ?? 0);
    offsets.set(job, end);
    for (const line of text.split('\n').filter((one) => one !== ''))
      emit({ type: 'job-event', job, event: JSON.parse(line) as RunEvent }); // whole lines that serveJob wrote
  };
}

/** The whole lines of a file from an offset on. */
function readFrom(path: string, start: number): { readonly text: string; readonly end: number } {
  const file = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    let at = start;
    for (;;) {
      const buffer = Buffer.alloc(1 << 16);
      const length = readSync(file, buffer, 0, buffer.length, at);
      if (length === 0) break;
      chunks.push(buffer.subarray(0, length));
      at += length;
    }
    const text = Buffer.concat(chunks).toString('utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    return { text: whole, end: start + Buffer.byteLength(whole) };
  } finally {
    closeSync(file);
  }
}
