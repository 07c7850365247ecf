/** Runs: listed, read again, and the queue that starts them. */
import * as events from '@radiograph/runtime/events';
import * as records from '@radiograph/runtime/records';
import { z } from 'zod';
import { defineTopic } from './route.ts';
import { ById, type Data, NodeScore } from './shapes.ts';

const RunSummary = records.RunSummary.omit({ keys: true });
/** One line of the history. */
export type RunSummary = Data<typeof RunSummary>;

const RunDetails = records.RunDetails.omit({ keys: true });
/** A run with its steps and the graph that it ran. */
export type RunDetails = Data<typeof RunDetails>;

const RunScores = z.strictObject({
  runId: z.string(),
  arm: z.string().nullable().describe('of the sweep that it was a cell of'),
  scores: z.array(NodeScore).describe('empty where it made none, or they left the store'),
});
/** What tells a run from others of its graph. */
export type RunScores = Data<typeof RunScores>;

export const runs = defineTopic({
  list: {
    method: 'get',
    path: '/api/runs',
    summary: 'All runs, newest first: finished, running, interrupted.',
    reply: z.strictObject({ runs: z.array(RunSummary) }),
  },
  scores: {
    method: 'get',
    path: '/api/run-scores',
    summary: 'What the newest 300 runs scored, and which arm of a sweep they were.',
    reply: z.strictObject({ runs: z.array(RunScores) }),
  },
  read: {
    method: 'get',
    path: '/api/runs/:id',
    summary: 'One run: its steps with their artifacts, and the graph that it ran.',
    params: ById,
    reply: RunDetails,
  },
  events: {
    method: 'get',
    path: '/api/runs/:id/events',
    summary: 'The events of a run after number `after`.',
    params: ById,
    query: z.strictObject({ after: z.coerce.number<number>().int().min(0).default(0) }),
    reply: z.strictObject({ events: z.array(events.RunEvent) }),
  },
});

/** One event of a run. */
export type RunEvent = Data<typeof events.RunEvent>;
/** A small image with a class per pixel: what unfinished work looks like. */
export type SampleReport = Extract<RunEvent, { type: 'step-preview' }>['samples'][number];
/** How a run or a sweep stands. */
export type RunStatus = RunSummary['status'];

/** A run that waits or runs. */
const QueuedRun = z.strictObject({
  id: z.string(),
  name: z.string().describe('of the graph'),
  path: z.string().describe('of the graph file, relative to the workspace'),
  text: z.string().describe('of the graph when it was added'),
  only: z.array(z.string()).nullable(),
  addedAt: z.string(),
  priority: z.int(),
  status: z.enum(['waiting', 'running', 'canceling']),
  runId: z.string().nullable().describe('the record of the run, once it has begun'),
});

/** What runs, then what waits in its order. Paused: what runs goes on, nothing new starts. */
export const QueueState = z.strictObject({ isPaused: z.boolean(), runs: z.array(QueuedRun) });
export type QueueState = Data<typeof QueueState>;

export const queue = defineTopic({
  read: {
    method: 'get',
    path: '/api/queue',
    summary: 'What runs and what waits.',
    reply: QueueState,
  },
  add: {
    method: 'post',
    path: '/api/queue',
    summary: 'Adds a run. A graph with problems is refused with all of them.',
    body: z.strictObject({
      path: z.string(),
      text: z.string(),
      only: z.array(z.string()).nullable().default(null),
      priority: z.int().default(0).describe('higher runs first'),
    }),
    reply: z.strictObject({ id: z.string() }),
  },
  pause: {
    method: 'post',
    path: '/api/queue/pause',
    summary: 'Pauses or continues the queue; what runs goes on.',
    body: z.strictObject({ isPaused: z.boolean() }),
    reply: QueueState,
  },
  move: {
    method: 'post',
    path: '/api/queue/:id/move',
    summary: 'Moves a waiting run to a place among those that wait; 0 is next.',
    params: ById,
    body: z.strictObject({ place: z.int().min(0) }),
    reply: QueueState,
  },
  cancel: {
    method: 'post',
    path: '/api/queue/:id/cancel',
    summary:
      'Takes a waiting run out, or stops a running one at its next batch (killed after 2 s).',
    params: ById,
    body: z.strictObject({}),
    reply: QueueState,
  },
});
