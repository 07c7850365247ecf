/** Artifacts: described, drawn, and read in part. */
import type { Scores } from '@radiograph/kinds';
import { z } from 'zod';
import { defineTopic } from './route.ts';
import { type Data, Digest, Interval } from './shapes.ts';

const numberOrNull = z.number().nullable();

const Statistics = z.strictObject({
  count: z.int(),
  nanCount: z.int(),
  minimum: z.number(),
  maximum: z.number(),
  mean: z.number(),
  counts: z.array(z.int()).describe('equal bins from minimum to maximum'),
});
/** Range, missing values and distribution of an array. */
export type Statistics = Data<typeof Statistics>;

const LabelsData = z.strictObject({
  ids: z.array(z.string()),
  values: z.array(z.array(z.literal([1, 0, -1]).nullable())),
  counts: z.array(
    z.strictObject({
      positive: z.int(),
      negative: z.int(),
      uncertain: z.int(),
      blank: z.int(),
    }),
  ),
});

const MasksData = z.strictObject({
  perClass: z.array(
    z.strictObject({
      present: z.int(),
      empty: z.int(),
      unknown: z.int(),
      meanArea: numberOrNull.describe('share of the image, where the class is there'),
    }),
  ),
});

const ModelData = z.strictObject({
  /** `family` and the numbers that rebuild the network: each family has its own. */
  architecture: z.looseObject({ family: z.string() }),
  thresholds: z.array(z.number()).nullable(),
  tensors: z.array(z.strictObject({ name: z.string(), shape: z.array(z.int()), count: z.int() })),
});

const Means = z.strictObject({ perClass: z.array(numberOrNull), mean: numberOrNull });
const ScoresData = z.strictObject({
  classes: z.array(z.string()),
  ids: z.array(z.string()),
  thresholds: z.array(z.number()),
  dataset: Means,
  perImage: Means.extend({ iou: z.array(z.array(numberOrNull)) }),
  bootstrap: z.strictObject({
    replicates: z.int(),
    perClass: z.array(Interval.nullable()),
    mean: Interval.nullable(),
  }),
}) satisfies z.ZodType<Scores>;
/** Scores, whole. */
export type ScoresData = Data<typeof ScoresData>;

const TableData = z.strictObject({
  title: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
});
/** A table's rows, the first 2,000. */
export type TableData = Data<typeof TableData>;

/** A summary of this kind; `data` is what small kinds show whole. */
const summaryOf = <K extends string, D extends z.ZodType>(kind: K, data: D) =>
  z.strictObject({
    kind: z.literal(kind),
    facts: z.array(z.strictObject({ name: z.string(), value: z.string() })),
    samples: z.array(z.string()).describe('ids of images that the sample routes accept'),
    classes: z.array(z.string()),
    statistics: z.array(z.strictObject({ name: z.string(), numbers: Statistics })),
    data,
  });

const ArtifactSummary = z.discriminatedUnion('kind', [
  summaryOf('images', z.null()),
  summaryOf('labels', LabelsData),
  summaryOf('masks', MasksData),
  summaryOf('saliency', z.strictObject({ probabilities: z.array(z.number()) })),
  summaryOf('model', ModelData),
  summaryOf('supervision', z.null()),
  summaryOf('predictions', z.strictObject({ thresholds: z.array(z.number()) })),
  summaryOf('scores', ScoresData),
  summaryOf('table', TableData),
  summaryOf('figure', z.strictObject({ caption: z.string(), width: z.int(), height: z.int() })),
  summaryOf(
    'file',
    z.strictObject({ description: z.string(), extension: z.string(), bytes: z.int() }),
  ),
]);
/** An artifact described for people: kind, facts, distributions, and ids of its samples. */
export type ArtifactSummary = Data<typeof ArtifactSummary>;
/** The description of an artifact of one kind. */
export type SummaryOf<K extends ArtifactSummary['kind']> = Extract<ArtifactSummary, { kind: K }>;

const RocCurve = z.strictObject({
  name: z.string(),
  positives: z.int(),
  negatives: z.int(),
  area: numberOrNull.describe('null where positives or negatives are missing'),
  points: z
    .array(z.tuple([z.number(), z.number()]))
    .describe('false positive rate, true positive rate: from (0, 0) to (1, 1)'),
});
/** Receiver operating characteristic of one class; the area is that of Mann-Whitney, ties count half. */
export type RocCurve = Data<typeof RocCurve>;

const size = { height: z.int(), width: z.int() };

const MaskLayer = z.strictObject({
  type: z.literal('masks'),
  ...size,
  masks: z.array(
    z.strictObject({
      name: z.string(),
      counts: z.string().nullable().describe('COCO run lengths; null: not annotated'),
    }),
  ),
});
/** The masks of an image, in the pixels of that image. */
export type MaskLayer = Data<typeof MaskLayer>;

const MapLayer = z.strictObject({
  type: z.literal('maps'),
  ...size,
  maps: z.array(
    z.strictObject({ name: z.string(), probability: z.number(), values: z.array(z.number()) }),
  ),
});
/** The maps of an image, `[K][height * width]` on their own grid. */
export type MapLayer = Data<typeof MapLayer>;

const ByDigest = z.strictObject({ digest: Digest });

const Sample = z.strictObject({
  id: z.string(),
  images: z
    .string()
    .describe('artifacts that may have the pixels of image `id`, best first, between commas')
    .transform((list) => list.split(','))
    .pipe(z.array(Digest).min(1).max(16)),
});

const Drawing = Sample.extend({
  width: z.coerce.number<number>().int().min(16).max(1024).default(160),
  opacity: z.coerce.number<number>().min(0).max(1).default(0.5),
  classes: z
    .string()
    .regex(/^(\d+(,\d+)*)?$/, 'expected indices separated by commas')
    .describe('indices to draw, between commas; an empty list draws none, no list all')
    .transform((list) => new Set(list.split(',').filter(Boolean).map(Number)))
    .nullable()
    .default(null),
});

export const artifacts = defineTopic({
  read: {
    method: 'get',
    path: '/api/artifacts/:digest',
    summary: 'Kind, shape, range, missing values, distribution, and ids of the samples.',
    params: ByDigest,
    reply: ArtifactSummary,
    isImmutable: true,
  },
  blob: {
    method: 'get',
    path: '/api/artifacts/:digest/blobs/:name',
    summary:
      'A file of an artifact as it is stored (pixels, weights, PNG); byte ranges are served.',
    params: ByDigest.extend({ name: z.string().regex(/^[a-z0-9.]+$/) }),
    reply: { mediaType: 'application/octet-stream' },
    isImmutable: true,
  },
  roc: {
    method: 'get',
    path: '/api/artifacts/:digest/roc',
    summary: 'ROC curve per class of the image-level probabilities, against labels or masks.',
    params: ByDigest,
    query: z.strictObject({ truth: Digest }),
    reply: z.strictObject({ curves: z.array(RocCurve) }),
    isImmutable: true,
  },
  thumbnail: {
    method: 'get',
    path: '/api/artifacts/:digest/thumbnail',
    summary:
      'A small PNG of one image, with the masks or the strongest map of this artifact over it.',
    params: ByDigest,
    query: Drawing,
    reply: { mediaType: 'image/png' },
    isImmutable: true,
  },
  layers: {
    method: 'get',
    path: '/api/artifacts/:digest/layers',
    summary: 'Masks (COCO run lengths) and maps of one image, in the pixels of that image.',
    params: ByDigest,
    query: Sample,
    reply: z.strictObject({ masks: MaskLayer.nullable(), maps: MapLayer.nullable() }),
    isImmutable: true,
  },
  pixels: {
    method: 'get',
    path: '/api/pixels',
    summary:
      'The raw pixels of one image, row by row, 8 or 16 bit little-endian; size in the headers X-Height, X-Width, X-Bit-Depth.',
    query: Sample,
    reply: { mediaType: 'application/octet-stream' },
    isImmutable: true,
  },
});
