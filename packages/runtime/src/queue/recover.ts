/** What runners that were killed had in hand. */
import { readRun } from '../run/run-record.ts';
import type { Standing } from './entry.ts';
import type { QueueFiles } from './queue.ts';

/** Puts entries of dead runners back in line, where they were; those that have ended or were being canceled leave. */
export async function recover(files: QueueFiles): Promise<void> {
  for (const standing of await files.list()) {
    if (standing.status === 'waiting') continue;
    const { isAlive, runId } = await files.runners.read(standing.runner);
    if (!isAlive) await settle(files, standing, runId);
  }
}

async function settle(files: QueueFiles, standing: Standing, runId: string | null): Promise<void> {
  const isOver = standing.status === 'canceling' || (await hasEnded(files.home, runId));
  if (isOver) await files.drop(standing);
  else await files.change(standing, { status: 'waiting', runner: '' });
  await files.runners.forget(standing.runner);
}

/** A run that ended just before its runner was killed is not run again. One that stopped with its runner is. */
async function hasEnded(home: string, runId: string | null): Promise<boolean> {
  if (runId === null) return false;
  return readRun(home, runId).then(
    ({ status }) => status !== 'canceled',
    () => false,
  );
}
