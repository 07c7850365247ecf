import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type ImageItem, packImages, readGreyImage } from '@radiograph/formats';
import { dataError, defineNode, type NodeContext, port } from '@radiograph/graph';
import {
  emptyRle,
  type Images,
  identityFrame,
  type Labels,
  type MaskSource,
  type Masks,
  rleArea,
  type Table,
} from '@radiograph/kinds';
import { z } from 'zod';
import { parseAnnotations } from '../chexlocalize/annotations.ts';
import { noSalientPoints, parseSalientPoints } from '../chexlocalize/salient-points.ts';
import { parseSegmentations, type Segmentations } from '../chexlocalize/segmentations.ts';
import { findings } from '../phantom/finding.ts';
import { assertNone, readChexpertCsv } from './chexpert-csv.ts';
import { imageIdOf, listSetImages, openImageFiles } from './image-files.ts';

const manual = `Loads CheXlocalize: radiographs of CheXpert's validation or test set with the radiologists' masks of ten findings.

folder: where gt_segmentations_val.json, gt_annotations_val.json, ... lie. chexpert: where the images lie, with a folder val (or valid) or test
in it: CheXpert-v1.0, CheXpert-v1.0-small or the CheXpert folder of the CheXlocalize release. set: val or test.

truth "segmentations" reads the run lengths, "annotations" fills the polygons by PIL's rule; the release made the one from the other, so both give
the same masks. A finding that is not drawn in a listed image is an empty mask. images "annotated" (default) loads the images that the truth lists,
those with at least one finding (187 of val); "all" loads the others too, with empty masks.

reader1, reader2: files of human readers (hb_segmentations_test.json); salientPoints: hb_salient_pt_test.json. Without a file these outputs are
empty. labels: a CSV in the chexpert folder (val_labels.csv); without one, a finding is positive where its mask is not empty.

Masks stay in the pixels in which they were drawn. Images may be smaller copies of the radiographs (CheXpert-v1.0-small): their frames
lead to the drawn pixels too, so nothing is mis-registered; an image of another shape than its annotation is an error.

A rerun looks at the JSON and CSV files, not at each image. Errors name file, image and finding.

Source: Saporta et al., "Benchmarking saliency methods for chest X-ray interpretation", Nature Machine Intelligence 2022.`;

const params = z.strictObject({
  folder: z.string().min(1).default('CheXlocalize').describe('folder of the JSON files'),
  chexpert: z.string().min(1).default('CheXpert').describe('folder with the images of the set'),
  set: z.enum(['val', 'test']).default('val').describe('which set'),
  truth: z
    .enum(['segmentations', 'annotations'])
    .default('segmentations')
    .describe('run lengths or polygons'),
  images: z
    .enum(['annotated', 'all'])
    .default('annotated')
    .describe('images that the truth lists, or every image of the set'),
  reader1: z.string().default('').describe('JSON file of a human reader; empty = none'),
  reader2: z.string().default('').describe('JSON file of another one; empty = none'),
  salientPoints: z.string().default('').describe('JSON file of points; empty = none'),
  labels: z.string().default('').describe('CSV file in the chexpert folder; empty = from masks'),
  views: z.enum(['all', 'frontal', 'lateral']).default('all').describe('which views to keep'),
  size: z.int().min(16).max(2048).default(320).describe('side of the square frame in pixels'),
  limit: z.int().min(0).default(0).describe('keep only the first so many images; 0 = all'),
});
type Params = z.infer<typeof params>;

const truthFile = ({ folder, truth, set }: Params) => `${folder}/gt_${truth}_${set}.json`;

export const chexlocalize = defineNode({
  type: 'chexseg.chexlocalize',
  version: 1,
  title: 'CheXlocalize',
  manual,
  inputs: {},
  outputs: {
    images: port('images', 'the radiographs, in the order of the truth file'),
    labels: port('labels', 'image-level findings'),
    masks: port('masks', 'the radiologists’ masks of the ten findings, in original pixels'),
    reader1: port('masks', 'the same by a human reader; no images without a file'),
    reader2: port('masks', 'the same by another one'),
    salientPoints: port('table', 'where a reader points: image, finding, x, y'),
  },
  params,
  sources: (options) => [
    truthFile(options),
    ...[options.reader1, options.reader2, options.salientPoints]
      .filter((name) => name !== '')
      .map((name) => `${options.folder}/${name}`),
    ...(options.labels === '' ? [] : [`${options.chexpert}/${options.labels}`]),
  ],
  run: async (_, options, context) => {
    const parse = options.truth === 'annotations' ? parseAnnotations : parseSegmentations;
    const truth = await readFileOf(truthFile(options), context, parse);
    const images = await loadImages(truth, options, context);
    const masks = packMasks(truth, images, { source: 'expert', path: truthFile(options) });
    return {
      images,
      masks,
      labels: options.labels === '' ? labelsOf(masks) : await readLabels(images, options, context),
      reader1: await readReader(options.reader1, images, { options, context }),
      reader2: await readReader(options.reader2, images, { options, context }),
      salientPoints: await readPoints(images, options, context),
    };
  },
});

/** Reads and parses a file; `path` as written in the parameters. */
async function readFileOf<T>(
  path: string,
  context: NodeContext,
  parse: (text: string, path: string) => T,
): Promise<T> {
  const resolved = context.resolvePath(path);
  const text = await readFile(resolved, 'utf8').catch((cause: unknown) => {
    throw dataError(resolved, 'expected a file of CheXlocalize, got nothing that can be read', {
      cause,
    });
  });
  return parse(text, resolved);
}

async function loadImages(
  truth: Segmentations,
  options: Params,
  context: NodeContext,
): Promise<Images> {
  const { chexpert, set, images, views, size, limit } = options;
  const folder = context.resolvePath(chexpert);
  const locate = await openImageFiles(folder);
  const listed =
    images === 'annotated' ? [...truth.keys()].map(fileOf) : await listSetImages(folder, set);
  const files = listed.filter((file) => views === 'all' || file.includes(views));
  const items = (limit === 0 ? files : files.slice(0, limit)).map((file): ImageItem => {
    const path = findFile(locate(set, file));
    const id = imageIdOf(file);
    const originalSize = truth.get(id)?.size;
    const item = { id, patientId: file.split('/')[0]!, path, read: () => readGreyImage(path) };
    return originalSize === undefined ? item : { ...item, originalSize };
  });
  if (items.length === 0)
    throw dataError(
      truthFile(options),
      `expected images with views ${views}, got none of ${listed.length}`,
    );
  const onImage = (done: number) => context.progress({ done, total: items.length, unit: 'image' });
  return packImages(items, { size, bitDepth: 8, onImage });
}

/** `patient64541_study1_view1_frontal` -> `patient64541/study1/view1_frontal.jpg`. */
function fileOf(id: string): string {
  return `${id.replace(/^([^_]+)_([^_]+)_/, '$1/$2/')}.jpg`;
}

function findFile(path: string): string {
  const stem = path.replace(/\.jpg$/, '');
  return ['.jpg', '.png', '.jpeg'].map((end) => `${stem}${end}`).find(existsSync) ?? path;
}

type Origin = { readonly source: MaskSource; readonly path: string };

/** All ten findings of every image; what a file does not list is an empty mask. */
function packMasks(
  drawn: Segmentations,
  { ids, originalSizes }: Images,
  { source, path }: Origin,
): Masks {
  assertNone(
    ids.flatMap((id, i) => {
      const size = drawn.get(id)?.size ?? originalSizes[i]!;
      if (size.join() === originalSizes[i]!.join()) return [];
      const expected = originalSizes[i]!.join('x');
      return [
        {
          path: `${path} > ${id}`,
          message: `expected masks of ${expected} pixels, as the truth has, got ${size.join('x')}`,
        },
      ];
    }),
  );
  return {
    ids,
    classes: findings,
    source,
    sizes: originalSizes,
    frames: ids.map(() => identityFrame),
    counts: ids.map((id, i) =>
      findings.map(
        (finding) => drawn.get(id)?.counts.get(finding) ?? emptyRle(...originalSizes[i]!),
      ),
    ),
  };
}

function labelsOf({ ids, classes, counts }: Masks): Labels {
  return {
    ids,
    classes,
    values: counts.map((row) => row.map((rle) => (rleArea(rle ?? '') > 0 ? 1 : 0))),
  };
}

async function readLabels(
  { ids }: Images,
  { chexpert, labels }: Params,
  context: NodeContext,
): Promise<Labels> {
  const path = `${chexpert}/${labels}`;
  const { classes, rows } = await readFileOf(path, context, readChexpertCsv);
  const valuesOf = new Map(rows.map(({ file, values }) => [imageIdOf(file), values]));
  assertNone(
    ids.flatMap((id) =>
      valuesOf.has(id) ? [] : [{ path, message: `expected a row for image ${id}, got none` }],
    ),
  );
  return { ids, classes, values: ids.map((id) => valuesOf.get(id)!) };
}

type Task = { readonly options: Params; readonly context: NodeContext };

async function readReader(
  name: string,
  images: Images,
  { options, context }: Task,
): Promise<Masks> {
  if (name === '')
    return { ids: [], classes: findings, source: 'human', sizes: [], frames: [], counts: [] };
  const path = `${options.folder}/${name}`;
  return packMasks(await readFileOf(path, context, parseSegmentations), images, {
    source: 'human',
    path,
  });
}

async function readPoints({ ids }: Images, options: Params, context: NodeContext): Promise<Table> {
  if (options.salientPoints === '') return noSalientPoints;
  const table = await readFileOf(
    `${options.folder}/${options.salientPoints}`,
    context,
    parseSalientPoints,
  );
  const wanted = new Set<unknown>(ids);
  return { ...table, rows: table.rows.filter(([id]) => wanted.has(id)) };
}
