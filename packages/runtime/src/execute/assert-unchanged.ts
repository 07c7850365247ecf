/** Data that changes while it is read. */
import {
  dataError,
  digestSources,
  type GraphNode,
  type PlanServices,
  type StepParts,
} from '@radiograph/graph';

/** The key names the content that the files had when the run was planned; an output made from other content must not get it. */
export async function assertUnchanged(
  node: GraphNode,
  parts: StepParts,
  services: PlanServices,
): Promise<void> {
  const now = await digestSources(node, services);
  for (const [path, before] of Object.entries(parts.sources)) {
    if (now[path] === before) continue;
    throw dataError(
      path,
      'expected data that stays as it is during a run, got changed content: run again',
    );
  }
}
