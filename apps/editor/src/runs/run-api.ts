/** The routes of runs and of the queue. */
import { z } from 'zod';
import { call } from '../api/client.ts';
import { QueueState } from '../api/schemas.ts';
import { RunDetails, RunEvents, RunList } from './schemas.ts';

const runAt = (runId: string) => `/api/runs/${encodeURIComponent(runId)}`;
const queuedAt = (id: string) => `/api/queue/${encodeURIComponent(id)}`;
const post = (body: object) => ({ method: 'POST', body }) as const;

/** All runs, newest first. */
export const listRuns = async () => (await call('/api/runs', RunList)).runs;

export const readRun = (runId: string) => call(runAt(runId), RunDetails);

/** The events of a run after number `after`. */
export const readRunEvents = async (runId: string, after: number) =>
  (await call(`${runAt(runId)}/events?after=${after}`, RunEvents)).events;

export const readQueue = () => call('/api/queue', QueueState);

/** Adds a run. @throws {ApiError} 422 with every problem of the graph. */
export const addRun = (run: { path: string; text: string; only: readonly string[] | null }) =>
  call('/api/queue', z.object({ id: z.string() }), post(run));

/** Takes a waiting run out, or asks a running one to stop. */
export const cancelRun = (id: string) => call(`${queuedAt(id)}/cancel`, QueueState, post({}));

export const moveRun = (id: string, place: number) =>
  call(`${queuedAt(id)}/move`, QueueState, post({ place }));

export const pauseQueue = (isPaused: boolean) =>
  call('/api/queue/pause', QueueState, post({ isPaused }));
