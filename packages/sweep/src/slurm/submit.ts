/** Arrays of jobs -> Slurm: all of them, or none. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RadiographError } from '@radiograph/graph';
import type { ExecutorTask } from '../run/executor.ts';
import type { Batch } from './batches.ts';
import {
  type ArrayId,
  callSlurm,
  cancelArrays,
  readArrayId,
  readLargestArray,
} from './commands.ts';
import { jobPaths } from './job-files.ts';
import { printRequest, type SlurmSettings } from './settings.ts';

/** A job as Slurm knows it. */
export type Submitted = { readonly job: string; readonly array: ArrayId; readonly taskId: string };

type Submitting = Pick<ExecutorTask, 'folder' | 'emit'> & {
  readonly settings: SlurmSettings;
  /** The command that runs `serveJob` on a node. */
  readonly jobCommand: readonly string[];
};

/** What a submission learns as it goes on. */
type Progress = {
  /** Arrays that Slurm has taken. */
  readonly taken: ArrayId[];
  /** How many tasks an array may have. */
  largest: number;
};

/**
 * Submits every batch, those that are larger than the site allows in several arrays.
 *
 * @throws the refusal of an array, after those before it were taken out of the queue again.
 */
export async function submitAll(
  batches: readonly Batch[],
  submitting: Submitting,
): Promise<Submitted[]> {
  writeScript(submitting);
  const largest = (await readLargestArray()) ?? Number.POSITIVE_INFINITY;
  const progress: Progress = { taken: [], largest };
  const submitted: Submitted[][] = [];
  try {
    for (const [index, batch] of batches.entries()) {
      const after = batch.after.flatMap((other) => submitted[other]!.map(({ array }) => array.id));
      const placed = { index, batch, after: [...new Set(after)] };
      submitted.push(await submitBatch(placed, submitting, progress));
    }
  } catch (error) {
    throw await takeBack(progress.taken, error);
  }
  return submitted.flat();
}

/** What Slurm runs for every task: the number of the batch, the first task of the array, and the task's place in it. */
function writeScript({ folder, jobCommand }: Submitting): void {
  const words = [...jobCommand, folder].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  const call = `${words.join(' ')} "$1" "$(($2 + SLURM_ARRAY_TASK_ID))"`;
  writeFileSync(jobPaths(folder).script, `#!/bin/sh\nexec ${call}\n`);
}

/** What came before would run for nothing: without the rest there is no sweep that waits for it. */
async function takeBack(arrays: readonly ArrayId[], error: unknown): Promise<unknown> {
  if (arrays.length === 0 || !(error instanceof RadiographError)) return error;
  const ids = arrays.map(({ id }) => id).join(', ');
  const how = await cancelArrays(arrays).then(
    () => `arrays submitted before were canceled: ${ids}`,
    () => `arrays submitted before could not be canceled: run scancel ${ids}`,
  );
  const problems = error.problems.map(({ path, message }) => ({
    path,
    message: `${message}; ${how}`,
  }));
  return new RadiographError(error.code, problems, { cause: error });
}

type Placed = { readonly index: number; readonly batch: Batch; readonly after: readonly string[] };

async function submitBatch(
  placed: Placed,
  submitting: Submitting,
  progress: Progress,
): Promise<Submitted[]> {
  const { jobs } = placed.batch;
  const submitted: Submitted[] = [];
  while (submitted.length < jobs.length) {
    const first = submitted.length;
    const piece = jobs.slice(first, first + progress.largest);
    const array = await submitArray(placed, { first, count: piece.length }, submitting).catch(
      (error: unknown) => {
        if (piece.length === 1 || !isTooLarge(error)) throw error;
        progress.largest = Math.ceil(piece.length / 2); // the site did not tell its limit
      },
    );
    if (array === undefined) continue;
    progress.taken.push(array);
    submitted.push(...piece.map((job, i) => ({ job, array, taskId: `${array.id}_${i}` })));
  }
  for (const { job, taskId } of submitted) {
    const log = join(jobPaths(submitting.folder).logs, `${taskId}.log`);
    submitting.emit({ type: 'job-log', job, message: `slurm ${taskId}, log ${log}` });
  }
  return submitted;
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof RadiographError && /invalid job array specification/i.test(error.message);

async function submitArray(
  { index, batch, after }: Placed,
  { first, count }: { readonly first: number; readonly count: number },
  { folder, settings }: Submitting,
): Promise<ArrayId> {
  const { script, logs } = jobPaths(folder);
  const answer = await callSlurm('sbatch', [
    '--parsable',
    '--requeue',
    '--open-mode=append',
    `--job-name=radiograph-${index}`,
    `--array=0-${count - 1}`,
    `--output=${join(logs, '%A_%a.log')}`,
    ...(after.length === 0 ? [] : [`--dependency=afterany:${after.join(':')}`]),
    ...(settings.partition === undefined ? [] : [`--partition=${settings.partition}`]),
    ...(settings.account === undefined ? [] : [`--account=${settings.account}`]),
    ...printRequest(batch.request),
    ...settings.extra,
    script,
    String(index),
    String(first),
  ]);
  return readArrayId(answer);
}
