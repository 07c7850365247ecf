/** What a finished run made, as numbers and files for trackers: found by the kind of a port and not by its node. */
import type { PortKind, Registry } from '@radiograph/graph';
import type { Figure, Scores, Table } from '@radiograph/kinds';
import type { StepResult, Store } from '@radiograph/runtime';
import type { Interval } from '@radiograph/statistics';
import type { Artifact, Metric } from './tracker.ts';

/** A number that has no time: it is that of the end. */
type Result = Omit<Metric, 'timeMs'>;

export type Results = {
  readonly metrics: readonly Result[];
  readonly artifacts: readonly Artifact[];
};

type Finished = {
  readonly steps: Readonly<Record<string, StepResult>>;
  /** Type by node id. */
  readonly types: Readonly<Record<string, string>>;
};

/** Reads the outputs of finished steps. What is no longer in the store is left out. */
export async function collectResults(
  { steps, types }: Finished,
  { store, registry }: { readonly store: Store; readonly registry: Registry },
): Promise<Results> {
  const metrics: Result[] = [];
  const artifacts: Artifact[] = [];
  for (const [nodeId, { outputs }] of Object.entries(steps)) {
    const ports = registry.get(types[nodeId] ?? '')?.outputs ?? {};
    for (const [port, { kind }] of Object.entries(ports)) {
      const collect = collectors[kind];
      const digest = outputs[port];
      if (collect === undefined || digest === undefined || !(await store.has(digest))) continue;
      const found = collect((await store.get(digest)).value, { nodeId, port });
      metrics.push(...(found.metrics ?? []));
      artifacts.push(...(found.artifacts ?? []));
    }
  }
  return { metrics, artifacts };
}

type Place = { readonly nodeId: string; readonly port: string };
type Collector = (value: unknown, place: Place) => Partial<Results>;

// The kind of a port says what its value is.
const collectors: Readonly<Partial<Record<PortKind, Collector>>> = {
  scores: (value, place) => ({ metrics: listScores(value as Scores, place) }),
  table: (value, place) => ({ metrics: listTable(value as Table, place) }),
  figure: (value, place) => ({ artifacts: [attachFigure(value as Figure, place)] }),
};

/** mIoU by both protocols and the IoU of each class, with the bounds of their intervals. */
function listScores(
  { classes, dataset, perImage, bootstrap }: Scores,
  { nodeId, port }: Place,
): Result[] {
  const place = port === 'scores' ? nodeId : `${nodeId}/${port}`;
  const list = (name: string, value: number | null, interval: Interval | null) =>
    value === null
      ? []
      : [
          { tag: `${place}/${name}`, step: 0, value },
          ...(interval === null
            ? []
            : [
                { tag: `${place}/${name}_lower`, step: 0, value: interval.lower },
                { tag: `${place}/${name}_upper`, step: 0, value: interval.upper },
              ]),
        ];
  return [
    ...list('mIoU', perImage.mean, bootstrap.mean),
    ...list('mIoU_dataset', dataset.mean, null),
    ...classes.flatMap((name, k) => [
      ...list(`IoU/${name}`, perImage.perClass[k] ?? null, bootstrap.perClass[k] ?? null),
      ...list(`IoU_dataset/${name}`, dataset.perClass[k] ?? null, null),
    ]),
  ];
}

const mostRows = 64; // a table of results has a row per finding; longer ones are lists of images

/** A table by epoch is curves (`train/history/loss`); one whose rows have names is numbers (`classify/AUROC/Edema`). */
function listTable({ columns, rows }: Table, { nodeId, port }: Place): Result[] {
  const epoch = columns.indexOf('epoch');
  if (epoch >= 0)
    return rows.flatMap((row) =>
      listRow(
        row,
        (c) => (c === epoch ? undefined : `${nodeId}/${port}/${columns[c]}`),
        Number(row[epoch]),
      ),
    );
  if (rows.length > mostRows || rows.some(([name]) => typeof name !== 'string')) return [];
  return rows.flatMap((row) => listRow(row, (c) => `${nodeId}/${columns[c]}/${row[0]}`, 0));
}

function listRow(
  row: Table['rows'][number],
  tagOf: (column: number) => string | undefined,
  step: number,
): Result[] {
  return row.flatMap((value, c) => {
    const tag = tagOf(c);
    return typeof value === 'number' && tag !== undefined ? [{ tag, step, value }] : [];
  });
}

const attachFigure = ({ png, width, height }: Figure, { nodeId, port }: Place): Artifact => ({
  name: `${nodeId}.${port}.png`,
  bytes: png,
  image: { width, height },
});
