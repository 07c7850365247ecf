/** The replies of the server that the editor reads. Fields that it does not use are left out, and dropped on parsing. */
import { z } from 'zod';

export const Session = z.object({
  version: z.string(),
  workspace: z.string(),
  numerics: z.string(),
  firstGraph: z.string().nullable(),
});
/** What serves this page, and the graph to open first. */
export type Session = z.infer<typeof Session>;

export const GraphFile = z.object({
  path: z.string(),
  text: z.string(),
  revision: z.string(),
  isTemplate: z.boolean(),
});
/** A graph file with the revision that a later write must name. */
export type GraphFile = z.infer<typeof GraphFile>;

const GraphSummary = z.object({
  path: z.string(),
  name: z.string(),
  description: z.string(),
  nodes: z.number(),
  modifiedAt: z.string(),
  isTemplate: z.boolean(),
  problem: z.string().nullable(),
});
/** A graph file as the list shows it. */
export type GraphSummary = z.infer<typeof GraphSummary>;
export const GraphList = z.object({ graphs: z.array(GraphSummary) });

const Problem = z.object({ path: z.string(), message: z.string() });
export const CheckReply = z.object({ problems: z.array(Problem) });
export const Refusal = z.object({
  error: z.object({ code: z.string(), message: z.string(), problems: z.array(Problem) }),
});

const PlanStep = z.object({
  nodeId: z.string(),
  type: z.enum(['run', 'reuse', 'skip']),
  reason: z.string(),
  changes: z.array(z.unknown()),
  /** Artifact digests by output; empty unless the step is reused. */
  outputs: z.record(z.string(), z.string()),
  seconds: z.number().nullable(),
});
/** What would happen to one node, and why. */
export type PlanStep = z.infer<typeof PlanStep>;
export const PlanReply = z.object({ steps: z.array(PlanStep) });

const QueuedRun = z.object({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  text: z.string(),
  only: z.array(z.string()).nullable(),
  addedAt: z.string(),
  status: z.enum(['waiting', 'running', 'canceling']),
  runId: z.string().nullable(),
});
export const QueueState = z.object({ isPaused: z.boolean(), runs: z.array(QueuedRun) });
/** What runs and what waits. */
export type QueueState = z.infer<typeof QueueState>;

export const ActivityMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('queue'), queue: QueueState }),
  z.object({
    type: z.literal('run'),
    runId: z.string(),
    event: z.looseObject({ type: z.string() }),
  }),
  z.object({ type: z.literal('run-refused'), name: z.string(), message: z.string() }),
  z.object({ type: z.literal('graph-saved'), path: z.string(), revision: z.string() }),
  z.object({ type: z.literal('reset') }),
]);
/** One message of the server's stream; `reset` asks to read everything again. */
export type ActivityMessage = z.infer<typeof ActivityMessage>;
