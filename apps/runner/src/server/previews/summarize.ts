/** What the inspector shows of an artifact: facts, shapes, distributions, and the ids under which its samples are fetched. */
import type { ArtifactSummary, SummaryOf } from '@radiograph/api';
import type { PortKind, PortValues } from '@radiograph/graph';
import { rleArea } from '@radiograph/kinds';
import { describeNumbers } from './statistics.ts';

/** What is said of a value of one kind. */
type Summarizer<K extends PortKind> = (value: PortValues[K]) => Omit<SummaryOf<K>, 'kind'>;

const fact = (name: string, value: string | number) => ({ name, value: String(value) });
const none = { samples: [], classes: [], statistics: [], data: null };
const keptRows = 2000;

const images: Summarizer<'images'> = (value) => {
  const { ids, patientIds, height, width, bitDepth, pixels } = value;
  return {
    ...none,
    facts: [
      fact('shape', `[${ids.length}, ${height}, ${width}]`),
      fact('type', `uint${bitDepth}`),
      fact('patients', new Set(patientIds).size),
    ],
    samples: ids,
    statistics: [{ name: 'pixel', numbers: describeNumbers(pixels) }],
  };
};

const labels: Summarizer<'labels'> = ({ ids, classes, values }) => ({
  ...none,
  facts: [fact('shape', `[${ids.length}, ${classes.length}]`)],
  classes,
  data: {
    ids,
    values,
    counts: classes.map((_, k) => {
      const of = (wanted: number | null) => values.filter((row) => row[k] === wanted).length;
      return { positive: of(1), negative: of(0), uncertain: of(-1), blank: of(null) };
    }),
  },
});

const masks: Summarizer<'masks'> = ({ ids, classes, source, sizes, counts }) => {
  const areas = counts.map((row, i) =>
    row.map((mask) => (mask === null ? null : rleArea(mask) / (sizes[i]![0] * sizes[i]![1]))),
  );
  return {
    ...none,
    facts: [fact('shape', `[${ids.length}, ${classes.length}, H, W]`), fact('source', source)],
    samples: ids,
    classes,
    data: { perClass: classes.map((_, k) => describeAreas(areas.map((row) => row[k]!))) },
  };
};

/** How many images have this class, have it not, were not annotated; and the mean share of the image where it is there. */
function describeAreas(areas: readonly (number | null)[]) {
  const present = areas.filter((area) => area !== null && area > 0) as number[]; // the filter says so
  const sum = present.reduce((total, area) => total + area, 0);
  return {
    present: present.length,
    empty: areas.filter((area) => area === 0).length,
    unknown: areas.filter((area) => area === null).length,
    meanArea: present.length === 0 ? null : sum / present.length,
  };
}

const saliency: Summarizer<'saliency'> = (value) => {
  const { ids, classes, grid, frame, values, probabilities } = value;
  return {
    ...none,
    facts: [
      fact('shape', `[${ids.length}, ${classes.length}, ${grid.join(', ')}]`),
      fact('covers', `${frame.join(' x ')} pixels`),
    ],
    samples: ids,
    classes,
    statistics: [
      { name: 'saliency', numbers: describeNumbers(values) },
      { name: 'class probability', numbers: describeNumbers(probabilities) },
    ],
    data: { probabilities: Array.from(probabilities) },
  };
};

const model: Summarizer<'model'> = (value) => {
  const { role, architecture, classes, inputSize, thresholds, normalization, weights } = value;
  const tensors = [...weights].map(([name, { shape, data }]) => ({
    name,
    shape,
    count: data.length,
  }));
  const parameters = tensors.reduce((sum, { count }) => sum + count, 0);
  return {
    ...none,
    facts: [
      fact('role', role),
      fact('architecture', architecture.family),
      fact('parameters', parameters.toLocaleString('en')),
      fact('input', `${inputSize.join(' x ')}`),
      fact('normalization', `mean ${normalization.mean}, std ${normalization.std}`),
    ],
    classes,
    data: { architecture, thresholds, tensors },
  };
};

const supervision: Summarizer<'supervision'> = ({ strong, weak, mixing }) => ({
  ...none,
  facts: [
    fact('expert-labeled images', strong?.images.ids.length ?? 0),
    fact('pseudo-labeled images', weak?.images.ids.length ?? 0),
    fact('mixing', mixing.type === 'rho' ? `rho ${mixing.rho}` : mixing.type),
  ],
  samples: [...new Set([...(strong?.images.ids ?? []), ...(weak?.images.ids ?? [])])],
  classes: (strong ?? weak)?.masks.classes ?? [],
});

const predictions: Summarizer<'predictions'> = (value) => {
  const { ids, classes, size, thresholds, probabilities } = value;
  return {
    ...none,
    facts: [fact('shape', `[${ids.length}, ${classes.length}, ${size.join(', ')}]`)],
    samples: ids,
    classes,
    statistics: [{ name: 'probability', numbers: describeNumbers(probabilities) }],
    data: { thresholds },
  };
};

const scores: Summarizer<'scores'> = (value) => ({
  ...none,
  facts: [
    fact('images', value.ids.length),
    fact('mIoU, dataset', printMean(value.dataset.mean)),
    fact('mIoU, per image', printMean(value.perImage.mean)),
    fact('bootstrap replicates', value.bootstrap.replicates),
  ],
  samples: value.ids,
  classes: value.classes,
  data: value,
});

const printMean = (mean: number | null) => (mean === null ? 'undefined' : mean.toFixed(3));

const table: Summarizer<'table'> = ({ title, columns, rows }) => ({
  ...none,
  facts: [fact('rows', rows.length), fact('columns', columns.length)],
  data: { title, columns, rows: rows.slice(0, keptRows) },
});

const figure: Summarizer<'figure'> = ({ caption, width, height }) => ({
  ...none,
  facts: [fact('size', `${width} x ${height}`)],
  data: { caption, width, height },
});

const file: Summarizer<'file'> = ({ description, extension, bytes }) => ({
  ...none,
  facts: [fact('content', description), fact('bytes', bytes.length.toLocaleString('en'))],
  data: { description, extension, bytes: bytes.length },
});

const summarizers: { readonly [K in PortKind]: Summarizer<K> } = {
  images,
  labels,
  masks,
  saliency,
  model,
  supervision,
  predictions,
  scores,
  table,
  figure,
  file,
};

/** Describes any artifact. */
export function summarizeArtifact<K extends PortKind>(
  kind: K,
  value: PortValues[K],
): ArtifactSummary {
  return { kind, ...summarizers[kind](value) } as SummaryOf<K>; // the table pairs kinds with their data
}
