/** How long a step may take, from what such steps have taken. */
import {
  canonicalJson,
  type GraphNode,
  type PlanServices,
  type StepRecord,
} from '@radiograph/graph';

/**
 * The median time of the earlier runs whose parameters are nearest to these; null if this type has never run.
 *
 * Only parameters count: they set the work (epochs, sizes), while inputs and seeds of a sweep differ by content.
 */
export async function estimateSeconds(
  node: GraphNode,
  { history }: Pick<PlanServices, 'history'>,
): Promise<number | null> {
  const records = await history(node.type.type, node.id);
  const own = records.filter(({ nodeId }) => nodeId === node.id);
  const candidates = own.length > 0 ? own : records;
  if (candidates.length === 0) return null;
  const distances = candidates.map((record) => countDifferences(record, node));
  const nearest = Math.min(...distances);
  const times = candidates.filter((_, i) => distances[i] === nearest).map(({ seconds }) => seconds);
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
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
