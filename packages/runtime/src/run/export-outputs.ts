/** Writes what people read (figures, tables, scores) and what other programs read as plain files beside the run record. */
import { join } from 'node:path';
import type { Graph, GraphNode, Plan, PortKind, PortValues } from '@radiograph/graph';
import { printCsv, type Table } from '@radiograph/kinds';
import type { Origin, Provenance } from '../origin/origin.ts';
import { stampFile } from '../origin/stamp-file.ts';
import { type AnyValue, DamageError } from '../store/artifacts.ts';
import { digestBytes, writeDurably } from '../store/files.ts';
import type { Store } from '../store/store.ts';
import { csvStyle } from './csv-style.ts';
import type { StepResult } from './run-shapes.ts';

type Exporter<V> = {
  /** With its dot. */
  readonly extension: (value: V) => string;
  readonly write: (value: V, origin: Origin) => string | Uint8Array;
};

/** Kinds that leave the tool; the others stay in the store. */
const exporters: { readonly [K in PortKind]: Exporter<PortValues[K]> | null } = {
  images: null,
  labels: null,
  masks: null,
  saliency: null,
  model: null,
  supervision: null,
  predictions: null,
  scores: {
    extension: () => '.json',
    write: (scores, origin) => `${JSON.stringify({ ...scores, provenance: origin })}\n`,
  },
  table: { extension: () => '.csv', write: (table) => printCsv(table, csvStyle()) },
  figure: { extension: () => '.png', write: ({ png }, origin) => stampFile('.png', png, origin) },
  file: {
    extension: ({ extension }) => extension,
    write: ({ extension, bytes }, origin) => stampFile(extension, bytes, origin),
  },
};

/** A table that a run made, with where it came from. */
export type NamedTable = {
  readonly nodeId: string;
  /** The node's label, or its id. */
  readonly label: string;
  readonly port: string;
  readonly table: Table;
};
/** What was written, and the tables of nodes that nothing follows: the results. */
export type Exported = {
  readonly files: readonly string[];
  readonly tables: readonly NamedTable[];
};

type ExportTask = {
  readonly graph: Graph;
  readonly store: Store;
  readonly folder: string;
  readonly steps: Readonly<Record<string, StepResult>>;
  /** The run, and the digest of its graph. */
  readonly origin: Pick<Origin, 'run' | 'graph'>;
};

/**
 * Exports the outputs of every finished step to `folder` as `<node>.<port>.<csv|json|png|...>`. Files say where they come from, where their
 * format has a place for it; `provenance.json` says it for all of them.
 */
export async function exportOutputs(task: ExportTask): Promise<Exported> {
  const { graph, folder, steps } = task;
  const consumed = new Set(
    graph.nodes.flatMap(({ inputs }) =>
      Object.values(inputs)
        .flat()
        .map(({ nodeId }) => nodeId),
    ),
  );
  const outputs = graph.nodes.flatMap((node) =>
    Object.entries(steps[node.id]?.outputs ?? {})
      .filter(([port]) => exporters[node.type.outputs[port]!.kind] !== null)
      .map(([port, digest]): Output => ({ node, port, digest })),
  );
  const files: string[] = [];
  const made: Provenance['files'] = {};
  const tables: NamedTable[] = [];
  for (let i = 0; i < outputs.length; i += atOnce) {
    const written = outputs.slice(i, i + atOnce).map((output) => exportOutput(output, task));
    for (const { name, from, sha256, table } of await settleAll(written)) {
      files.push(join(folder, name));
      made[name] = { ...from, sha256 };
      const node = outputs[files.length - 1]!.node;
      if (table !== undefined && !consumed.has(node.id))
        tables.push({ nodeId: node.id, label: node.label, port: from.port, table });
    }
  }
  if (files.length > 0) await writeProvenance(folder, made);
  return { files, tables };
}

const atOnce = 8; // the disk syncs several files in about the time of one

type Output = { readonly node: GraphNode; readonly port: string; readonly digest: string };

async function exportOutput({ node, port, digest }: Output, task: ExportTask) {
  const { store, folder, steps, origin } = task;
  const { kind } = node.type.outputs[port]!;
  const { value } = await store.get(digest);
  const step = steps[node.id]!.key ?? ''; // known of every step that has outputs
  const from: Origin = { ...origin, node: node.id, port, step, artifact: digest };
  const { extension, content } = exportValue(kind, value, from);
  const name = `${node.id}.${port}${extension}`;
  await writeDurably(join(folder, name), content);
  // `kind` is the port's, and the store keeps it with the value.
  const table = kind === 'table' ? (value as Table) : undefined;
  return { name, from, sha256: digestBytes(content), table };
}

/** Lets all end before it throws, so that nothing is written behind a failed run. */
async function settleAll<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

async function writeProvenance(folder: string, files: Provenance['files']): Promise<void> {
  const provenance: Provenance = { format: 'radiograph-provenance/1', files };
  const text = `${JSON.stringify(provenance, null, 2)}\n`;
  await writeDurably(join(folder, 'provenance.json'), text);
}

/**
 * Reads the reused outputs that will be exported; what is damaged is removed from the store, so that a plan made afterwards computes it again.
 * Returns what was found, for the log.
 */
export async function discardDamaged(
  plan: Plan,
  store: Store,
): Promise<readonly { readonly nodeId: string; readonly message: string }[]> {
  const found: { nodeId: string; message: string }[] = [];
  const nodes = new Map(plan.graph.nodes.map((node) => [node.id, node]));
  for (const step of plan.steps) {
    if (step.type !== 'reuse') continue;
    const { outputs } = nodes.get(step.nodeId)!.type;
    for (const [port, digest] of Object.entries(step.record.outputs)) {
      if (exporters[outputs[port]!.kind] === null) continue;
      const damage = await store.get(digest).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (damage === undefined) continue;
      if (!(damage instanceof DamageError)) throw damage;
      await store.discard(digest);
      const message = `its artifact is damaged and is computed again: ${damage.message}`;
      found.push({ nodeId: step.nodeId, message });
    }
  }
  return found;
}

function exportValue(kind: PortKind, value: AnyValue, origin: Origin) {
  // The table above pairs each kind with its own value type; a lookup by a union cannot show it.
  const exporter = exporters[kind] as Exporter<AnyValue>;
  return { extension: exporter.extension(value), content: exporter.write(value, origin) };
}
