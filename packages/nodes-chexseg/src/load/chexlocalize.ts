import { join } from 'node:path';
import {
  decodeText,
  describeJoin,
  findDoubles,
  joinNames,
  loadParams,
  namesOfFile,
  type PackedImages,
  packImages,
  readDataFile,
  some,
  throwProblems,
} from '@radiograph/formats';
import { dataError, defineNode, type NodeContext, port, type SourceList } from '@radiograph/graph';
import {
  emptyRle,
  type Images,
  identityFrame,
  type Labels,
  type LabelValue,
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
import { readChexpertCsv } from './chexpert-csv.ts';
import { findImageFile, imageIdOf, listSetImages, openImageFiles } from './image-files.ts';

const manual = `Loads CheXlocalize: radiographs of CheXpert's validation or test set with the radiologists' masks of ten findings.

folder: where gt_segmentations_val.json, gt_annotations_val.json, ... lie. chexpert: where the images lie, with a folder val (or valid) or test
in it: CheXpert-v1.0, CheXpert-v1.0-small or the CheXpert folder of the CheXlocalize release. set: val or test.

truth "segmentations" reads the run lengths, "annotations" fills the polygons by PIL's rule; the release made the one from the other, so both give
the same masks. A finding that is not drawn in a listed image is an empty mask. images "annotated" (default) loads the images that the truth lists,
those with at least one finding (187 of val); "all" loads the others too, with empty masks. The log counts and names images that a file does not list, and
those that it lists and that are not loaded; a file that lists none of the images is an error.

reader1, reader2: files of human readers (hb_segmentations_test.json); salientPoints: hb_salient_pt_test.json. Without a file these outputs are
empty. labels: a CSV in the chexpert folder (val_labels.csv); without one, a finding is positive where its mask is not empty.

Masks stay in the pixels in which they were drawn. Images may be smaller copies of the radiographs (CheXpert-v1.0-small): their frames
lead to the drawn pixels too, so nothing is mis-registered; an image of another shape than its annotation is an error.

The step reruns when one of the JSON and CSV files or of the images changes. Errors name file, image and finding.

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
  ...loadParams,
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
    leftOut: port('table', 'files that could not be read, and why; empty unless onDamage is skip'),
  },
  params,
  sources: (options) => [
    truthFile(options),
    ...[options.reader1, options.reader2, options.salientPoints]
      .filter((name) => name !== '')
      .map((name) => `${options.folder}/${name}`),
    ...(options.labels === '' ? [] : [`${options.chexpert}/${options.labels}`]),
    imageSource(options),
  ],
  run: async (_, options, context) => {
    const truth = await readTruth(options, context.resolvePath);
    const { images, leftOut } = await loadImages(truth, options, context);
    tellLeftOver({ name: truthFile(options), listed: truth, ids: images.ids }, context);
    const masks = packMasks(truth, images, { source: 'expert', path: truthFile(options) });
    return {
      images,
      leftOut,
      masks,
      labels: options.labels === '' ? labelsOf(masks) : await readLabels(images, options, context),
      reader1: await readReader(options.reader1, images, { options, context }),
      reader2: await readReader(options.reader2, images, { options, context }),
      salientPoints: await readPoints(images, options, context),
    };
  },
});

/** The images count by content. Those of a folder are listed anew each time, because nothing else says which there are. */
function imageSource(options: Params): SourceList {
  const list = async (resolvePath: NodeContext['resolvePath']) => {
    const truth = await readTruth(options, resolvePath);
    return (await listFiles(truth, options, resolvePath)).map(({ path }) => path);
  };
  return {
    name: `images of ${truthFile(options)}`,
    folder: options.chexpert,
    ...(options.images === 'annotated' ? { from: [truthFile(options)] } : {}),
    // What is wrong with the files is said by the step itself, so that other branches of a graph still run.
    list: (resolvePath) => list(resolvePath).catch(() => []),
  };
}

function readTruth(
  options: Params,
  resolvePath: NodeContext['resolvePath'],
): Promise<Segmentations> {
  const parse = options.truth === 'annotations' ? parseAnnotations : parseSegmentations;
  return readFileOf(truthFile(options), { resolvePath }, parse);
}

/** Reads and parses a file; `path` as written in the parameters. */
async function readFileOf<T>(
  path: string,
  context: Pick<NodeContext, 'resolvePath'>,
  parse: (text: string, path: string) => T,
): Promise<T> {
  const resolved = context.resolvePath(path);
  const bytes = await readDataFile(resolved, 'a file of CheXlocalize');
  return parse(decodeText(bytes, resolved).text, resolved);
}

async function loadImages(
  truth: Segmentations,
  options: Params,
  context: NodeContext,
): Promise<PackedImages> {
  const root = context.resolvePath(options.chexpert);
  const items = (await listFiles(truth, options, context.resolvePath)).map(
    ({ file, path: below }) => {
      const path = join(root, below);
      const id = imageIdOf(file);
      const originalSize = truth.get(id)?.size;
      const item = { id, patientId: file.split('/')[0]!, path };
      return originalSize === undefined ? item : { ...item, originalSize };
    },
  );
  const { size, decoding, onDamage } = options;
  return packImages(items, { size, bitDepth: 8, decoding, onDamage }, context);
}

/** An image by its name in the set, and its place below the folder of the images. */
type ListedFile = { readonly file: string; readonly path: string };

/** The images that are wanted; none is opened. */
async function listFiles(
  truth: Segmentations,
  options: Params,
  resolvePath: NodeContext['resolvePath'],
): Promise<ListedFile[]> {
  const { chexpert, set, images, views, limit } = options;
  const folder = resolvePath(chexpert);
  const locate = await openImageFiles(folder);
  const listed =
    images === 'annotated' ? [...truth.keys()].map(fileOf) : await listSetImages(folder, set);
  const files = listed.filter((file) => views === 'all' || file.includes(views));
  if (files.length === 0)
    throw dataError(
      truthFile(options),
      `expected images with views ${views}, got none of ${listed.length}`,
    );
  return (limit === 0 ? files : files.slice(0, limit)).map((file) => ({
    file,
    path: findImageFile(folder, locate(set, file)),
  }));
}

/** `patient64541_study1_view1_frontal` -> `patient64541/study1/view1_frontal.jpg`. */
function fileOf(id: string): string {
  return `${id.replace(/^([^_]+)_([^_]+)_/, '$1/$2/')}.jpg`;
}

type Origin = { readonly source: MaskSource; readonly path: string };

/** All ten findings of every image; what a file does not list is an empty mask. */
function packMasks(
  drawn: Segmentations,
  { ids, originalSizes }: Images,
  { source, path }: Origin,
): Masks {
  throwProblems(
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
  const { classes, rows, notes } = await readFileOf(path, context, readChexpertCsv);
  const keys = rows.map(({ file }) => file);
  const join = joinNames(
    ids.map((id) => namesOfFile(fileOf(id), [id])),
    keys,
  );
  const place = (row: number) => ` (line ${rows[row]!.line})`;
  const sides = { path, what: 'row', ids, keys, place };
  for (const note of [...notes, ...describeJoin(join, sides)]) context.notice(note);
  throwProblems([
    ...findDoubles(join, sides),
    ...join.leftImages.map((i) => ({
      path,
      message: `expected a row for image ${ids[i]}, got none`,
    })),
  ]);
  const values: (readonly LabelValue[])[] = ids.map(() => []);
  for (const [row, image] of join.imageOf.entries())
    if (image >= 0) values[image] = rows[row]!.values;
  return { ids, classes, values };
}

type Drawn = {
  readonly name: string;
  readonly listed: Segmentations;
  readonly ids: readonly string[];
};

/** What a file draws of other images, and which of these it does not list: by the release's rule they have no finding. */
function tellLeftOver({ name, listed, ids }: Drawn, { notice }: NodeContext): void {
  const wanted = new Set(ids);
  const others = [...listed.keys()].filter((id) => !wanted.has(id));
  const unlisted = ids.filter((id) => !listed.has(id));
  if (unlisted.length === ids.length && listed.size > 0)
    throw dataError(
      name,
      `expected some of ${ids.length} images (${some(ids)}), got none of them, but ${some(others)}`,
    );
  if (others.length > 0)
    notice(`${name}: ${others.length} of its images are not loaded: ${some(others)}`);
  if (unlisted.length > 0)
    notice(
      `${name}: ${unlisted.length} of ${ids.length} images are not in it and have empty masks: ${some(unlisted)}`,
    );
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
  const drawn = await readFileOf(path, context, parseSegmentations);
  tellLeftOver({ name: path, listed: drawn, ids: images.ids }, context);
  return packMasks(drawn, images, { source: 'human', path });
}

async function readPoints({ ids }: Images, options: Params, context: NodeContext): Promise<Table> {
  if (options.salientPoints === '') return noSalientPoints;
  const table = await readFileOf(
    `${options.folder}/${options.salientPoints}`,
    context,
    parseSalientPoints,
  );
  const wanted = new Set<unknown>(ids);
  const rows = table.rows.filter(([id]) => wanted.has(id));
  if (rows.length === 0 && table.rows.length > 0)
    throw dataError(
      `${options.folder}/${options.salientPoints}`,
      `expected points of these images (${some(ids)}), got ${table.rows.length} of others (${some(table.rows.map(([id]) => String(id)))})`,
    );
  context.notice(
    `${options.salientPoints}: ${rows.length} of ${table.rows.length} points are of these images`,
  );
  return { ...table, rows };
}
