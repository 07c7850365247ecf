/** The shapes of a run's record that other programs read: pure, so that a browser may import them (`@radiograph/runtime/records`). */
import { z } from 'zod';

/** How a run, or a job of a sweep, ended. */
export const EndStatus = z.enum(['done', 'failed', 'canceled']);
export type EndStatus = z.infer<typeof EndStatus>;

/** How a run or a sweep stands. `interrupted`: its process is gone and it never finished. */
export const RunStatus = z.enum([...EndStatus.options, 'running', 'interrupted']);
export type RunStatus = z.infer<typeof RunStatus>;

/** How a step of a run ended. */
export const StepStatus = z.enum(['ran', 'reused', 'skipped', 'failed']);
export type StepStatus = z.infer<typeof StepStatus>;

export const StepResult = z.strictObject({
  status: StepStatus,
  seconds: z.number(),
  reason: z.string(),
  /** Artifact digest by output port. */
  outputs: z.record(z.string(), z.string()),
  /** Key of the step; absent where it was not known, and in records of older versions. */
  key: z.string().optional(),
  /** Most memory that its process held while it ran; absent where it did not run. */
  peakBytes: z.int().optional(),
  /** What the node noted for the summary; absent where it noted nothing. */
  facts: z.record(z.string(), z.number()).optional(),
  /** What the node gave notice of, also when its result was reused; absent if nothing. */
  notices: z.array(z.string()).optional(),
});
/** How one node of a run ended. */
export type StepResult = z.infer<typeof StepResult>;

const digests = z.record(z.string(), z.string());

/** The fixed part of a run's record; timings and peaks of memory are in its result. */
export const RunManifest = z.strictObject({
  format: z.literal('radiograph-manifest/1'),
  runId: z.string(),
  graph: z.strictObject({
    name: z.string(),
    path: z.string(),
    bytes: z.int(),
    sha256: z.string().describe('of graph.json, byte by byte'),
    seed: z.number(),
  }),
  engine: z.strictObject({ name: z.string(), description: z.string(), numerics: z.string() }),
  versions: z.record(z.string(), z.string()).describe('Node.js and libraries that compute'),
  machine: z.strictObject({
    platform: z.string(),
    arch: z.string(),
    cpu: z.string(),
    cores: z.int(),
    memoryBytes: z.int(),
  }),
  packages: digests.describe('digest of the code of the node types used, by package'),
  nodes: z.record(
    z.string(),
    z.strictObject({
      type: z.string(),
      version: z.int(),
      implementation: z.string().describe('digest of the source closure'),
      seed: z.number().nullable().describe('null: its results do not depend on one'),
      data: digests.describe('content digests by path'),
    }),
  ),
});
export type RunManifest = z.infer<typeof RunManifest>;

/** One line of the list of runs. */
export const RunSummary = z.strictObject({
  runId: z.string(),
  graph: z.string(),
  graphPath: z.string().describe('absolute'),
  status: RunStatus,
  startedAt: z.string(),
  seconds: z.number().nullable().describe('null while it runs, and for an interrupted run'),
  counts: z.record(StepStatus, z.int()).describe('steps by how they ended'),
  error: z.string().nullable().describe('the first failure, or what interrupted it'),
  keys: z.array(z.string()).describe('of the steps that ran or were reused'),
});
export type RunSummary = z.infer<typeof RunSummary>;

/** A run with its steps and the graph that it ran. */
export const RunDetails = RunSummary.extend({
  steps: z.record(z.string(), StepResult),
  graphText: z.string().describe('empty where the record lost it'),
  manifest: RunManifest.nullable().describe('null in old or damaged records'),
});
export type RunDetails = z.infer<typeof RunDetails>;
