/** A plan as data for other programs: `radiograph plan --json`, plan.json of a run record. */
import { type Plan, runCauses } from '@radiograph/graph';
import { z } from 'zod';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** Everything a key is made of. */
const StepParts = z.strictObject({
  type: z.string(),
  version: z.int(),
  implementation: z.string().describe('digest of the source closure of the node'),
  params: z.record(z.string(), z.json()),
  inputs: z.record(z.string(), z.array(digest)).describe('artifact digests by input port'),
  sources: z.record(z.string(), z.string()).describe('content digests by path'),
  seed: z.number().nullable(),
  numerics: z.string().nullable().describe('engine, device and precision'),
});

const nodeId = z.string();

/** What will happen to one node, and why. */
export const PlannedStep = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('reuse'),
    nodeId,
    key: digest,
    reason: z.string(),
    record: z.strictObject({
      key: digest,
      nodeId: z.string().describe('the node that computed it; another id shares its results'),
      parts: StepParts,
      outputs: z.record(z.string(), digest).describe('artifact digest by output port'),
      seconds: z.number(),
      finishedAt: z.string(),
      peakBytes: z.int().optional(),
      notices: z
        .array(z.string())
        .optional()
        .describe('what the step remarked on its data when it was computed'),
    }),
  }),
  z.strictObject({
    type: z.literal('run'),
    nodeId,
    key: digest.nullable().describe('null while an input is not known'),
    parts: StepParts.nullable(),
    reason: z.string().describe('the first of the changes'),
    cause: z.enum(runCauses).describe('kind of the first change'),
    changes: z.array(z.string()).describe('every difference to the nearest earlier key, in words'),
  }),
  z.strictObject({ type: z.literal('skip'), nodeId, reason: z.string() }),
]);
export type PlannedStep = z.infer<typeof PlannedStep>;

/** One step per node, in an order in which they can run. */
export const PlanReport = z.array(PlannedStep);
export type PlanReport = z.infer<typeof PlanReport>;

/** Reports a plan. */
export function reportPlan({ steps }: Plan): PlanReport {
  return steps.map((step) => {
    if (step.type !== 'run') return PlannedStep.parse(step);
    const { key = null, parts = null, ...rest } = step;
    return PlannedStep.parse({ ...rest, key, parts });
  });
}
