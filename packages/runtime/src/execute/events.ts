/** What happens during a run, as data: the progress lines, events.jsonl and the editor's stream are the same events. */
import { runCauses } from '@radiograph/graph';
import { z } from 'zod';
import { EndStatus } from '../run/run-shapes.ts';

const at = { id: z.int().min(1), time: z.iso.datetime() };
/** What a step gave notice of: left out, left over, decided. */
const notices = z.array(z.string()).default([]);
/** An error as data; `internal` is our bug. */
export const ErrorReport = z.strictObject({
  code: z.enum(['usage', 'graph', 'data', 'node', 'canceled', 'mismatch', 'internal']),
  message: z.string(),
});

/** A small image with a class per pixel: bytes as base64, row by row; 0 = no class, k + 1 = class k. */
const SampleReport = z.strictObject({
  id: z.string(),
  width: z.int().min(1).max(128),
  height: z.int().min(1).max(128),
  pixels: z.base64(),
  classes: z.base64(),
});
export type SampleReport = z.infer<typeof SampleReport>;

/** One event. `id` rises by one; `time` is UTC. */
export const RunEvent = z.discriminatedUnion('type', [
  z.strictObject({
    ...at,
    type: z.literal('run-started'),
    runId: z.string(),
    graph: z.string(),
    steps: z.int(),
    /** Which engine computes, for people. */
    engine: z.string().default('ort'),
  }),
  z.strictObject({
    ...at,
    type: z.literal('step-reused'),
    nodeId: z.string(),
    key: z.string().default('').describe('key of the step'),
    reason: z.string(),
    outputs: z.record(z.string(), z.string()),
    notices,
  }),
  z.strictObject({
    ...at,
    type: z.literal('step-skipped'),
    nodeId: z.string(),
    reason: z.string(),
  }),
  z.strictObject({
    ...at,
    type: z.literal('step-started'),
    nodeId: z.string(),
    key: z.string().default('').describe('key of the step'),
    reason: z.string().describe('first difference to the nearest earlier key, in words'),
    cause: z.enum(runCauses).default('never run').describe('kind of that difference'),
  }),
  z.strictObject({
    ...at,
    type: z.literal('step-progress'),
    nodeId: z.string(),
    done: z.number(),
    total: z.number(),
    unit: z.string(),
    /** Units per second since the first report of this unit; null before the second. */
    rate: z.number().nullable(),
    secondsLeft: z.number().nullable(),
    metrics: z.record(z.string(), z.number()),
    stalledMs: z.number().optional().describe('how long the node has waited for its data'),
  }),
  z.strictObject({
    ...at,
    type: z.literal('step-preview'),
    nodeId: z.string(),
    samples: z.array(SampleReport).describe('what unfinished work looks like'),
  }),
  z.strictObject({
    ...at,
    type: z.literal('step-noted'),
    nodeId: z.string(),
    facts: z.record(z.string(), z.number()).describe('numbers for the summary, by name'),
  }),
  z.strictObject({ ...at, type: z.literal('step-log'), nodeId: z.string(), message: z.string() }),
  z.strictObject({
    ...at,
    type: z.literal('step-finished'),
    nodeId: z.string(),
    seconds: z.number(),
    outputs: z.record(z.string(), z.string()),
    notices,
    peakBytes: z
      .int()
      .nullable()
      .default(null)
      .describe('most memory that the process held meanwhile, other steps beside it included'),
  }),
  z.strictObject({ ...at, type: z.literal('step-failed'), nodeId: z.string(), error: ErrorReport }),
  z.strictObject({
    ...at,
    type: z.literal('run-finished'),
    status: EndStatus,
    seconds: z.number(),
    error: ErrorReport.nullable(),
  }),
]);
export type RunEvent = z.infer<typeof RunEvent>;
export type ErrorReport = z.infer<typeof ErrorReport>;

/** An event before it is numbered. */
export type NewEvent = RunEvent extends infer E
  ? E extends RunEvent
    ? Omit<E, 'id' | 'time'>
    : never
  : never;
