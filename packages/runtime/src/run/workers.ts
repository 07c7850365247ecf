/** Worker processes that several runs share, each serving one run at a time: what a process has loaded and compiled, its next run finds. */
import { forkWorker, type Served, type WorkerCode, type WorkerProcess } from './worker-process.ts';

/** A stock of worker processes. It owns them: close it. */
export type Workers = {
  /** An idle process, or a new one. */
  readonly take: () => WorkerProcess;
  /** Keeps a process for the next run if it ended its job well, else lets it end. */
  readonly giveBack: (worker: WorkerProcess, served: Served) => Promise<void>;
  /** Ends all idle processes. */
  readonly close: () => Promise<void>;
};

// After a run its process should have given back what it held; one that has not is worth less than the memory.
const mostHeldBytes = 2 ** 30;

/** Opens a stock. Nothing starts before a run asks for it. */
export function openWorkers(code: WorkerCode): Workers {
  const idle = new Set<WorkerProcess>();
  return {
    take() {
      for (const worker of idle) {
        idle.delete(worker);
        if (worker.isAlive()) return worker;
      }
      return forkWorker(code);
    },
    async giveBack(worker, served) {
      if (isSound(served)) idle.add(worker);
      else await worker.close();
    },
    async close() {
      await Promise.all([...idle].map((worker) => worker.close()));
      idle.clear();
    },
  };
}

/** A run that failed or was canceled may have left anything behind. */
const isSound = (served: Served): boolean =>
  served.type === 'outcome' && served.outcome.status === 'done' && served.heldBytes < mostHeldBytes;
