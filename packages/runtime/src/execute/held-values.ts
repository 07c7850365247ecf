/** Which values a run still needs, so that memory holds what is in use and not the whole run. */
import type { Plan, StepRecord } from '@radiograph/graph';
import type { AnyValue } from '../store/artifacts.ts';

type Held = {
  /** Artifact digests of what has finished, by node and output port. */
  readonly outputs: ReadonlyMap<string, StepRecord['outputs']>;
  readonly values: Map<string, AnyValue>;
};

/** Counts who still reads a node's outputs. Call `release` when a step is over, however it ended. */
export function holdValues(
  { graph }: Plan,
  { outputs, values }: Held,
): { readonly release: (nodeId: string) => void } {
  const makers = new Map(
    graph.nodes.map(({ id, inputs }) => [
      id,
      [
        ...new Set(
          Object.values(inputs)
            .flat()
            .map(({ nodeId }) => nodeId),
        ),
      ],
    ]),
  );
  const readers = new Map<string, number>();
  for (const maker of [...makers.values()].flat())
    readers.set(maker, (readers.get(maker) ?? 0) + 1);
  // Equal content has one digest, whoever made it: it is held until nobody reads it.
  const holders = new Map<string, number>();
  const drop = (nodeId: string) => {
    for (const digest of Object.values(outputs.get(nodeId) ?? {})) {
      const left = (holders.get(digest) ?? 0) - 1;
      if (left > 0) holders.set(digest, left);
      else {
        holders.delete(digest);
        values.delete(digest);
      }
    }
  };
  return {
    release(nodeId) {
      for (const digest of Object.values(outputs.get(nodeId) ?? {}))
        holders.set(digest, (holders.get(digest) ?? 0) + 1);
      if ((readers.get(nodeId) ?? 0) === 0) drop(nodeId);
      for (const maker of makers.get(nodeId) ?? []) {
        const left = readers.get(maker)! - 1;
        readers.set(maker, left);
        if (left === 0) drop(maker);
      }
    },
  };
}
