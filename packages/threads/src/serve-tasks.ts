/** The side of a thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { RadiographError } from '@radiograph/graph';
import type { Question, Reply } from './message.ts';

/**
 * Answers the tasks of `openThreads`, one after another. Call it once, at the end of the thread's module, with `import.meta.url`.
 *
 * Where the module is imported by other code, for what it exports besides, this does nothing.
 */
export function serveTasks<Task, Answer>(
  module: string,
  handle: (task: Task) => Answer | Promise<Answer>,
): void {
  const isThread = (workerData as { readonly module?: unknown } | null)?.module === module;
  if (!isThread || parentPort === null) return;
  const port = parentPort;
  port.on('message', ({ task }: Question) => {
    void answer(task as Task, handle).then((reply) => port.postMessage(reply));
  });
}

async function answer<Task, Answer>(
  task: Task,
  handle: (task: Task) => Answer | Promise<Answer>,
): Promise<Reply> {
  try {
    return { type: 'answer', answer: await handle(task) };
  } catch (error) {
    if (!(error instanceof RadiographError)) return { type: 'error', error };
    return { type: 'problems', code: error.code, problems: error.problems };
  }
}
