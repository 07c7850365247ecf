/** Runs as the server tells of them: events, the list of runs, one run in full. */
import { z } from 'zod';

const at = { id: z.number(), time: z.string() };
const about = { ...at, nodeId: z.string() };
const Failure = z.object({ code: z.string(), message: z.string() });
const Digests = z.record(z.string(), z.string());

export const RunEvent = z.discriminatedUnion('type', [
  z.object({ ...at, type: z.literal('run-started'), runId: z.string(), steps: z.number() }),
  z.object({
    ...about,
    type: z.literal('step-reused'),
    reason: z.string(),
    outputs: Digests,
  }),
  z.object({ ...about, type: z.literal('step-skipped'), reason: z.string() }),
  z.object({ ...about, type: z.literal('step-started'), reason: z.string() }),
  z.object({
    ...about,
    type: z.literal('step-progress'),
    done: z.number(),
    total: z.number(),
    unit: z.string(),
    rate: z.number().nullable(),
    secondsLeft: z.number().nullable(),
    metrics: z.record(z.string(), z.number()),
  }),
  z.object({ ...about, type: z.literal('step-log'), message: z.string() }),
  z.object({
    ...about,
    type: z.literal('step-finished'),
    seconds: z.number(),
    outputs: Digests,
  }),
  z.object({ ...about, type: z.literal('step-failed'), error: Failure }),
  z.object({
    ...at,
    type: z.literal('run-finished'),
    status: z.enum(['done', 'failed', 'canceled']),
    seconds: z.number(),
    error: Failure.nullable(),
  }),
]);
/** One event of a run; `id` rises by one from 1. */
export type RunEvent = z.infer<typeof RunEvent>;
export const RunEvents = z.object({ events: z.array(RunEvent) });

const RunStatus = z.enum(['done', 'failed', 'canceled', 'running', 'interrupted']);
export type RunStatus = z.infer<typeof RunStatus>;

export const RunSummary = z.object({
  runId: z.string(),
  graph: z.string(),
  graphPath: z.string(),
  status: RunStatus,
  startedAt: z.string(),
  seconds: z.number().nullable(),
  counts: z.object({
    ran: z.number(),
    reused: z.number(),
    skipped: z.number(),
    failed: z.number(),
  }),
  error: z.string().nullable(),
});
/** One line of the history. */
export type RunSummary = z.infer<typeof RunSummary>;
export const RunList = z.object({ runs: z.array(RunSummary) });

export const RunDetails = RunSummary.extend({
  steps: z.record(
    z.string(),
    z.object({
      status: z.enum(['ran', 'reused', 'skipped', 'failed']),
      seconds: z.number(),
      reason: z.string(),
      outputs: Digests,
    }),
  ),
  graphText: z.string(),
});
/** A run with its steps and the graph that it ran. */
export type RunDetails = z.infer<typeof RunDetails>;
