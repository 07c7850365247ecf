import { join } from 'node:path';
import { loadParams, type PackedImages, packImages } from '@radiograph/formats';
import { dataError, defineNode, listAccepted, type NodeContext, port } from '@radiograph/graph';
import type { Labels, Table } from '@radiograph/kinds';
import { z } from 'zod';
import type { ChexpertCsv } from './chexpert-csv.ts';
import { chooseImages, type ImageRow, type PlacedImage } from './chexpert-images.ts';
import { studyIdOf } from './image-files.ts';

const manual = `Loads CheXpert: radiographs and their fourteen image-level findings, from the release's own CSV and folders.

folder: CheXpert-v1.0-small, CheXpert-v1.0 or the CheXpert folder of CheXlocalize. csv: train.csv, valid.csv, val_labels.csv, test_labels.csv, ... in it.
Columns may come in any order and number; files without Sex, Age and view columns (the test CSV) are read by their file names, and files that
label studies (a Study column) give every image of the study the study's labels. "Lung Opacity" is Airspace Opacity, as in CheXseg. An
image's id is its path below train, valid or test with underscores: patient64541_study1_view1_frontal, the id that CheXlocalize uses. Folders above
train, valid or test, backslashes and the extension may differ from the disk's.

views keeps frontal (default), lateral or all images; projection keeps AP or PA ones. studies "first-view" keeps one image of each study;
the studies table says which images belong together, with sex and age. limit keeps the first so many images, or, with sampleSeed, a random draw.

Labels come as they are written: 1, 0, -1 (uncertain), blank (also nan, NA). What -1 and blank mean is the classifier's choice (uncertainPolicy of
chexseg.densenet-train: U-Ones, U-Zeros, U-Ignore, U-MultiClass, U-SelfTrained), so one loaded set serves every policy.

Images are letterboxed into a square frame of \`size\` pixels; the way back to the original pixels is kept. The step reruns when the CSV or
one of the images that it chooses changes: of 223,414 files size, times and inode are looked at in a second, and only what is new is read.

decoding "fast" lets the JPEG decoder leave out what a small frame would not show of a 2,828 x 2,320 original. A file that cannot be read fails the
step, which lists all of them, or with onDamage "skip" is left out: leftOut says which and why, and the run's summary how many.

Errors name the line and the column. Source: Irvin et al., "CheXpert", AAAI 2019.`;

const params = z.strictObject({
  folder: z.string().min(1).default('CheXpert-v1.0-small').describe('folder of the data set'),
  csv: z.string().min(1).default('train.csv').describe('CSV file in that folder'),
  views: z.enum(['frontal', 'lateral', 'all']).default('frontal').describe('which views to keep'),
  projection: z.enum(['any', 'AP', 'PA']).default('any').describe('which projection to keep'),
  studies: z
    .enum(['every-view', 'first-view'])
    .default('every-view')
    .describe('images to keep of a study with several'),
  classes: z
    .array(z.string())
    .default([])
    .describe('findings to read; empty = all that the file has'),
  size: z.int().min(16).max(2048).default(320).describe('side of the square frame in pixels'),
  limit: z.int().min(0).default(0).describe('keep only so many images; 0 = all'),
  sampleSeed: z
    .int()
    .min(0)
    .default(0)
    .describe('0 keeps the first images of the limit; another number a random draw'),
  ...loadParams,
});
type Params = z.infer<typeof params>;

export const chexpert = defineNode({
  type: 'chexseg.chexpert',
  version: 1,
  title: 'CheXpert',
  manual,
  inputs: {},
  outputs: {
    images: port('images', 'radiographs in the order of the CSV'),
    labels: port('labels', 'image-level findings as written: 1, 0, -1, blank'),
    studies: port('table', 'patient, study, view, projection, sex and age of each image'),
    leftOut: port('table', 'files that could not be read, and why; empty unless onDamage is skip'),
  },
  params,
  sources: (options) => {
    const csv = `${options.folder}/${options.csv}`;
    const list = async (resolvePath: NodeContext['resolvePath']) => {
      const { images } = await chooseImages(options, resolvePath);
      return images.map(({ path }) => path);
    };
    // What is wrong with the file is said by the step itself, so that other branches of a graph still run.
    const orNone = () => [];
    return [
      csv,
      {
        name: `images of ${csv}`,
        folder: options.folder,
        from: [csv],
        list: (resolvePath) => list(resolvePath).catch(orNone),
      },
    ];
  },
  run: async (_, options, context) => {
    const { csv, images, listed } = await chooseImages(options, context.resolvePath);
    for (const note of csv.notes) context.notice(note);
    context.notice(`${options.csv}: ${images.length} of ${listed} images are chosen`);
    const packed = await loadImages(images, options, context);
    const rows = packed.kept.map((i) => images[i]!);
    return {
      images: packed.images,
      labels: pickLabels(csv, rows, options.classes),
      studies: describeStudies(rows),
      leftOut: packed.leftOut,
    };
  },
});

function loadImages(
  rows: readonly PlacedImage[],
  { folder, size, decoding, onDamage }: Params,
  context: NodeContext,
): Promise<PackedImages> {
  const root = context.resolvePath(folder);
  const items = rows.map(({ id, patientId, path }) => ({ id, patientId, path: join(root, path) }));
  return packImages(items, { size, bitDepth: 8, decoding, onDamage }, context);
}

function pickLabels(
  { classes }: ChexpertCsv,
  rows: readonly ImageRow[],
  wanted: readonly string[],
): Labels {
  const names: readonly string[] = classes;
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw dataError('classes', `expected ${listAccepted(unknown, names)}, got ${unknown}`);
  const chosen = wanted.length > 0 ? wanted : names;
  const columns = chosen.map((name) => names.indexOf(name));
  return {
    ids: rows.map(({ id }) => id),
    classes: chosen,
    values: rows.map(({ values }) => columns.map((column) => values[column]!)),
  };
}

function describeStudies(rows: readonly ImageRow[]): Table {
  return {
    title: 'CheXpert images and studies',
    columns: ['image', 'patient', 'study', 'view', 'projection', 'sex', 'age'],
    rows: rows.map(({ id, patientId, file, view, projection, sex, age }) => [
      id,
      patientId,
      studyIdOf(file),
      view ?? null,
      projection || null,
      sex || null,
      age === '' ? null : Number.isNaN(Number(age)) ? age : Number(age),
    ]),
  };
}
