/** How long a step may take and how much memory, from what such steps have taken. */
import {
  canonicalJson,
  type GraphNode,
  type PlanServices,
  type StepRecord,
} from '@radiograph/graph';

/** What a step may take. `bytes`: the most memory that its process held; null where no earlier run tells. */
export type StepEstimate = { readonly seconds: number | null; readonly bytes: number | null };

/**
 * From the earlier runs whose parameters are nearest to these: their median time, and the most memory that one of them held.
 *
 * Only parameters count: they set the work (epochs, sizes), while inputs and seeds of a sweep differ by content.
 */
export async function estimateStep(
  node: GraphNode,
  { history }: Pick<PlanServices, 'history'>,
): Promise<StepEstimate> {
  const records = await history(node.type.type, node.id);
  const own = records.filter(({ nodeId }) => nodeId === node.id);
  const candidates = own.length > 0 ? own : records;
  const distances = candidates.map((record) => countDifferences(record, node));
  const least = Math.min(...distances);
  const nearest = candidates.filter((_, i) => distances[i] === least);
  const times = nearest.map(({ seconds }) => seconds).sort((a, b) => a - b);
  const peaks = nearest.flatMap(({ peakBytes }) => peakBytes ?? []);
  return {
    seconds: times[Math.floor(times.length / 2)] ?? null,
    bytes: peaks.length === 0 ? null : Math.max(...peaks),
  };
}

function countDifferences({ parts }: StepRecord, { params }: GraphNode): number {
  const names = new Set([...Object.keys(parts.params), ...Object.keys(params)]);
  return [...names].filter(
    (name) => canonicalJson(parts.params[name]) !== canonicalJson(params[name]),
  ).length;
}

/** A sum of estimates; `unknown` counts those without one. */
export type Estimate = { readonly seconds: number; readonly unknown: number };

/** Sums estimates. */
export function sumEstimates(tasks: readonly { readonly seconds: number | null }[]): Estimate {
  return {
    seconds: tasks.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0),
    unknown: tasks.filter(({ seconds }) => seconds === null).length,
  };
}
