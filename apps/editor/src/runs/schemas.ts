/** Runs as the server tells of them: events, the list of runs, one run in full. */
import { RunEvent } from '@radiograph/runtime/events';
import { z } from 'zod';

const Digests = z.record(z.string(), z.string());

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
