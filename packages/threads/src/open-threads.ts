/** The side of the main thread. */
import { Worker } from 'node:worker_threads';
import { RadiographError } from '@radiograph/graph';
import type { Question, Reply } from './message.ts';

/** Threads that answer tasks of one kind. They own operating system threads: close them. */
export type Threads<Task, Answer> = {
  /**
   * Answers come as threads become free; tasks begin in the order in which they are asked. Large arrays belong into SharedArrayBuffers,
   * which are not copied. Rejects with what the task threw: a RadiographError with its problems.
   */
  readonly ask: (task: Task) => Promise<Answer>;
  /** Ends the threads; tasks that are not answered yet reject. */
  readonly close: () => Promise<void>;
};

type Waiting = {
  readonly task: unknown;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
};

/** Opens up to `count` threads that run `module`, which calls `serveTasks`. A thread starts with the first task that finds none free. */
export function openThreads<Task, Answer>(module: URL, count: number): Threads<Task, Answer> {
  const waiting: Waiting[] = [];
  const free: Worker[] = [];
  const busy = new Map<Worker, Waiting>();
  const give = (worker: Worker): void => {
    const next = waiting.shift();
    if (next === undefined) {
      free.push(worker);
      worker.unref();
      return;
    }
    busy.set(worker, next);
    worker.ref();
    worker.postMessage({ task: next.task } satisfies Question);
  };
  const start = (): Worker => {
    const worker = startThread(module);
    worker.on('message', (reply: Reply) => {
      settle(busy.get(worker)!, reply);
      busy.delete(worker);
      give(worker);
    });
    const lose = (reason: Error) => {
      if (!busy.has(worker)) return;
      busy.get(worker)?.reject(reason);
      busy.delete(worker);
      if (waiting.length > 0) give(start());
    };
    worker.on('error', lose);
    worker.on('exit', (code) => lose(new Error(`internal: a thread ended with code ${code}`)));
    return worker;
  };
  return {
    ask: (task) =>
      new Promise<Answer>((resolve, reject) => {
        waiting.push({ task, resolve: resolve as Waiting['resolve'], reject });
        const worker = free.pop() ?? (busy.size < count ? start() : undefined);
        if (worker !== undefined) give(worker);
      }),
    async close() {
      for (const { reject } of waiting.splice(0)) reject(closed());
      for (const { reject } of busy.values()) reject(closed());
      await Promise.all([...free.splice(0), ...busy.keys()].map((worker) => worker.terminate()));
    },
  };
}

const closed = () => new Error('internal: threads were closed before their task was done');

function startThread(module: URL): Worker {
  // The flags of this process are for its own entry; the thread's entry brings the translator that it needs.
  return new Worker(new URL('./start.js', import.meta.url), {
    workerData: { module: module.href },
    execArgv: [],
  });
}

function settle({ resolve, reject }: Waiting, reply: Reply): void {
  if (reply.type === 'answer') resolve(reply.answer);
  else
    reject(reply.type === 'error' ? reply.error : new RadiographError(reply.code, reply.problems));
}
