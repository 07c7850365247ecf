/** What waits to run, and where it stands. */
import { engineNames } from '@radiograph/tensor';
import { z } from 'zod';

/** What is asked to run. It never changes while it is queued: the graph file may, its text here does not. */
export const QueueEntry = z.strictObject({
  id: z.string(),
  /** The name of the graph, for people. */
  name: z.string(),
  /** The graph file, absolute; relative paths in parameters are relative to its folder. */
  graphPath: z.string(),
  text: z.string(),
  only: z.array(z.string()).nullable(),
  engine: z.enum(engineNames),
  addedAt: z.string(),
});
export type QueueEntry = z.infer<typeof QueueEntry>;

/** Where an entry stands: all of it is in the name of its file. */
export type Standing = {
  readonly id: string;
  /** Higher runs first. */
  readonly priority: number;
  /** Order among equal priorities, lower first. */
  readonly place: number;
  readonly status: 'waiting' | 'running' | 'canceling';
  /** The runner that has it; empty while it waits. */
  readonly runner: string;
};

/** An entry as it is shown. */
export const QueuedRun = QueueEntry.extend({
  priority: z.int(),
  status: z.enum(['waiting', 'running', 'canceling']),
  /** The record of the run, once it has begun. */
  runId: z.string().nullable(),
});
export type QueuedRun = z.infer<typeof QueuedRun>;

/** The queue: what runs, then what waits in its order. Paused: what runs goes on, nothing new starts. */
export const QueueState = z.strictObject({ isPaused: z.boolean(), runs: z.array(QueuedRun) });
export type QueueState = z.infer<typeof QueueState>;

export function printStanding({ id, priority, place, status, runner }: Standing): string {
  return `${id}~${priority}~${place}~${status}~${runner}.json`;
}

const pattern = /^([\w-]+)~(-?\d+)~([^~]+)~(waiting|running|canceling)~([\w-]*)\.json$/;

/** Undefined for files that are no entries, as one that is being written. */
export function parseStanding(file: string): Standing | undefined {
  const found = pattern.exec(file);
  if (found === null) return undefined;
  const [, id = '', priority, place, status, runner = ''] = found;
  const order = { priority: Number(priority), place: Number(place) };
  return { id, ...order, status: status as Standing['status'], runner }; // the pattern has these three
}

/** What runs before what waits; then by priority, place and age. */
export function compareStandings(a: Standing, b: Standing): number {
  const isWaiting = ({ status }: Standing) => Number(status === 'waiting');
  return (
    isWaiting(a) - isWaiting(b) ||
    b.priority - a.priority ||
    a.place - b.place ||
    (a.id < b.id ? -1 : 1)
  );
}
