/** The queue of older versions, `.radiograph/queue.json`: what waits in it moves to the files of today. */
import { rename } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { dataError } from '@radiograph/graph';
import { z } from 'zod';
import { acquireLease } from '../lease/step-lease.ts';
import { exists, readTextIfPresent, writeDurably } from '../store/files.ts';
import { printStanding, type QueueEntry } from './entry.ts';

const OldQueue = z.object({
  isPaused: z.boolean(),
  runs: z.array(
    z.object({
      id: z.string().regex(/^[\w-]+$/),
      name: z.string(),
      path: z.string(),
      text: z.string(),
      only: z.array(z.string()).nullable(),
      addedAt: z.string(),
      status: z.enum(['waiting', 'running', 'canceling']),
    }),
  ),
});

/**
 * Moves an old queue, once: what ran waits again, what was being canceled leaves. One process does it, and one that is killed meanwhile
 * leaves the old file, from which the next makes the same entries. Afterwards the file is `queue.json.moved`.
 *
 * @throws a data error if the file cannot be read as a queue.
 */
export async function adoptOldQueue(home: string, folder: string): Promise<void> {
  const path = join(home, 'queue.json');
  if (!(await exists(path))) return;
  const { signal } = new AbortController(); // short: nobody cancels the wait for it
  const lease = await acquireLease({ home, key: 'adopt-queue', signal });
  try {
    const text = await readTextIfPresent(path);
    if (text === undefined) return; // another one was faster
    const { isPaused, runs } = parseOld(text, path);
    const left = runs.filter(({ status }) => status !== 'canceling');
    for (const [i, { path: file, status: _, ...run }] of left.entries()) {
      // Old paths are relative to the workspace, in which the home lies.
      const graphPath = resolve(dirname(home), file);
      const entry: QueueEntry = { ...run, graphPath, engine: 'ort' };
      const standing = {
        id: run.id,
        priority: 0,
        place: i + 1,
        status: 'waiting',
        runner: '',
      } as const;
      await writeDurably(
        join(folder, printStanding(standing)),
        `${JSON.stringify(entry, null, 2)}\n`,
      );
    }
    if (isPaused) await writeDurably(join(folder, 'paused'), '');
    await rename(path, `${path}.moved`);
  } finally {
    lease.release();
  }
}

function parseOld(text: string, path: string) {
  try {
    return OldQueue.parse(JSON.parse(text));
  } catch (error) {
    const message =
      'expected the queue of an older version, which would be moved to the folder queue, got damaged text: move this file away, and add its runs again with `radiograph queue add`';
    throw dataError(path, message, { cause: error });
  }
}
