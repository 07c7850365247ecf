/** Which jobs may run beside each other on one machine. */
import type { SweepJob } from '../plan/group-jobs.ts';
import type { Machine } from './machine.ts';

/** What a job takes while it runs. */
export type Need = {
  readonly threads: number;
  readonly bytes: number;
  readonly device: boolean;
};

/** What a whole sweep is run with. */
export type Limits = Machine & {
  /** Jobs at once. */
  readonly workers: number;
  /** What a job is expected to hold that has not run before. */
  readonly memoryPerWorker: number;
};

/**
 * Threads are a job's share of the cores: that of its cells among all cells, and at least that of one worker. They follow from the
 * cells alone, for a training repeats to the last bit only with as many threads: not from what happens to run beside it, and not from
 * what an earlier sweep has left to do.
 */
export function needOf(
  { cells, shard, bytes, usesEngine }: Pick<SweepJob, 'cells' | 'shard' | 'bytes' | 'usesEngine'>,
  { cells: all, shards }: { readonly cells: readonly unknown[]; readonly shards: number },
  { cores, workers, memoryPerWorker, devices }: Limits,
): Need {
  const pieces = shard === null ? 1 : shards;
  const shareOfCells = Math.floor((cores * cells.length) / (all.length * pieces));
  const shareOfWorker = Math.floor(cores / workers);
  return {
    threads: Math.max(1, shareOfCells, shareOfWorker),
    bytes: bytes ?? memoryPerWorker,
    device: usesEngine && devices !== undefined,
  };
}

/** Whether a job fits beside those that run. One alone always does, unless it needs a device and there is none. */
export function fits(need: Need, running: readonly Need[], limits: Limits): boolean {
  if (running.length === 0) return true;
  const taken = (of: (one: Need) => number) =>
    [need, ...running].reduce((sum, one) => sum + of(one), 0);
  return (
    running.length < limits.workers &&
    taken(({ threads }) => threads) <= Math.max(limits.cores, limits.workers) &&
    taken(({ bytes }) => bytes) <= limits.memoryBytes &&
    taken(({ device }) => Number(device)) <= (limits.devices?.length ?? 0)
  );
}
