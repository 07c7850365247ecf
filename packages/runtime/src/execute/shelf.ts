/** The values that steps of a run hand on in memory; each is forgotten when the last step that reads it has ended. */
import type { GraphNode, Plan, SampleRange, StepRecord, Wire } from '@radiograph/graph';
import { sliceSamples } from '@radiograph/kinds';
import type { AnyValue } from '../store/artifacts.ts';
import type { Store } from '../store/store.ts';

/** What every list of samples has, in its manifest too. */
type SampleValue = { readonly ids: readonly string[] };

/** Outputs of the nodes that have ended: artifact digest by port. */
type Outputs = ReadonlyMap<string, StepRecord['outputs']>;

/** A list of samples, as far as it must be known before it is read. */
export type OpenList = {
  readonly length: number;
  readonly slice: (range: SampleRange) => Promise<unknown>;
};

export type Shelf = {
  /** Keeps what a step has made. */
  readonly keep: (digest: string, value: AnyValue) => void;
  /** The inputs of a node as it declares them, from memory or else from the store. @throws {DamageError} */
  readonly gather: (
    node: GraphNode,
    outputs: Outputs,
    /** A port to leave out. */
    except?: string,
  ) => Promise<Record<string, unknown>>;
  /** The list of samples at a port of a node: some of them are read without the others, where that gives the same. */
  readonly open: (node: GraphNode, port: string, outputs: Outputs) => Promise<OpenList>;
  /** Says that a node has ended, so that memory holds what is in use and not the whole run. */
  readonly release: (ended: GraphNode, outputs: Outputs) => void;
};

/** Every wire into a node. */
export const wiresOf = (node: GraphNode): readonly Wire[] => Object.values(node.inputs).flat();

/** Opens the shelf of a run. */
export function openShelf(plan: Plan, store: Pick<Store, 'get' | 'getPart' | 'locate'>): Shelf {
  const values = new Map<string, AnyValue>();
  const labels = new Map(plan.graph.nodes.map(({ id, label }) => [id, label]));
  const readers = countReaders(plan);
  const load = async (digest: string): Promise<AnyValue> => {
    const known = values.get(digest) ?? (await store.get(digest)).value;
    values.set(digest, known);
    return known;
  };
  return {
    keep: (digest, value) => values.set(digest, value),
    async gather(node, outputs, except) {
      const inputs: Record<string, unknown> = {};
      for (const [port, { arity }] of Object.entries(node.type.inputs)) {
        if (port === except) continue;
        const loaded: { label: string; value: AnyValue }[] = [];
        for (const { nodeId, port: output } of node.inputs[port] ?? [])
          loaded.push({
            label: labels.get(nodeId)!,
            value: await load(outputs.get(nodeId)![output]!),
          });
        inputs[port] = arity === 'many' ? loaded : loaded[0]?.value;
      }
      return inputs;
    },
    async open(node, port, outputs) {
      const { nodeId, port: output } = node.inputs[port]![0]!; // validation: what is cut is one list
      const digest = outputs.get(nodeId)![output]!;
      const { kind } = node.type.inputs[port]!;
      // Images that a node hands on keep their place among the pixels of the whole set: so that place must be there.
      const handsOn = Object.values(node.type.outputs).some((made) => made.kind === 'images');
      if (handsOn) await load(digest);
      const held = values.get(digest) as SampleValue | undefined; // its kind can be cut
      const stored = async () => (await store.locate(digest))?.manifest as SampleValue | undefined;
      const { ids } = held ?? (await stored()) ?? ((await load(digest)) as SampleValue);
      return {
        length: ids.length,
        slice: async (range) => {
          const known = values.get(digest);
          return known === undefined
            ? store.getPart(digest, range)
            : sliceSamples(kind, known, range);
        },
      };
    },
    release(ended, outputs) {
      const makers = new Set(wiresOf(ended).map(({ nodeId }) => nodeId));
      for (const id of makers) readers.set(id, (readers.get(id) ?? 1) - 1);
      for (const id of [...makers, ended.id]) {
        if ((readers.get(id) ?? 0) > 0) continue;
        // A value of equal content that another step made goes too: its readers find it in the store.
        for (const digest of Object.values(outputs.get(id) ?? {})) values.delete(digest);
      }
    },
  };
}

/** How many steps of the plan read the outputs of each node. */
function countReaders({ graph, steps }: Plan): Map<string, number> {
  const skipped = new Set(steps.flatMap(({ type, nodeId }) => (type === 'skip' ? [nodeId] : [])));
  const readers = new Map<string, number>();
  for (const node of graph.nodes) {
    if (skipped.has(node.id)) continue;
    for (const id of new Set(wiresOf(node).map(({ nodeId }) => nodeId)))
      readers.set(id, (readers.get(id) ?? 0) + 1);
  }
  return readers;
}
