import { join } from 'node:path';
import { packImages, readDataFile, readGreyImage, throwProblems } from '@radiograph/formats';
import { dataError, defineNode, listAccepted, type NodeContext, port } from '@radiograph/graph';
import type { Images, Labels, Table } from '@radiograph/kinds';
import { createRandom } from '@radiograph/statistics';
import { z } from 'zod';
import { type ChexpertCsv, type ChexpertRow, readChexpertCsv } from './chexpert-csv.ts';
import { findImageFile, imageIdOf, listStudy, openImageFiles, studyIdOf } from './image-files.ts';

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

Images are letterboxed into a square frame of \`size\` pixels; the way back to the original pixels is kept. A rerun looks at the CSV, not at
each of 223,414 images: released files do not change. Delete the step's artifact (or change a parameter) if yours did.

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
  },
  params,
  sources: ({ folder, csv }) => [`${folder}/${csv}`],
  run: async (_, options, context) => {
    const path = context.resolvePath(`${options.folder}/${options.csv}`);
    const csv = readChexpertCsv(await readDataFile(path, 'a CSV file of CheXpert'), path);
    for (const note of csv.notes) context.log(note);
    const locate = await openImageFiles(context.resolvePath(options.folder));
    const listed = await listImages(csv.rows, locate);
    const rows = chooseImages(listed, options, path);
    context.log(`${options.csv}: ${rows.length} of ${listed.length} images are chosen`);
    return {
      images: await loadImages(rows, options, context),
      labels: pickLabels(csv, rows, options.classes),
      studies: describeStudies(rows),
    };
  },
});

/** A row with the place of its image on disk. */
type ImageRow = ChexpertRow & { readonly id: string; readonly path: string };
type Locate = Awaited<ReturnType<typeof openImageFiles>>;

/** Places images on disk; a row of a study becomes one row for each of its images. */
async function listImages(rows: readonly ChexpertRow[], locate: Locate): Promise<ImageRow[]> {
  const images: ImageRow[] = [];
  const add = (row: ChexpertRow, file: string, path: string) => {
    const view =
      row.view ??
      (/lateral/i.test(file) ? 'lateral' : /frontal/i.test(file) ? 'frontal' : undefined);
    images.push({ ...row, file, view, id: imageIdOf(file), path });
  };
  for (const row of rows) {
    const path = locate(row.set, row.file);
    if (/\.\w+$/.test(row.file)) add(row, row.file, path);
    else
      for (const name of await listStudy(path)) add(row, `${row.file}/${name}`, join(path, name));
  }
  return images;
}

function chooseImages(
  images: readonly ImageRow[],
  options: Params,
  path: string,
): readonly ImageRow[] {
  const { views, projection, studies, limit, sampleSeed } = options;
  throwProblems(
    images
      .filter((image) => views !== 'all' && image.view === undefined)
      .map(({ line, file }) => ({
        path: `${path} line ${line}`,
        message: `expected Frontal or Lateral in a column Frontal/Lateral or in the file name, got ${file}: set views to all to take it`,
      })),
  );
  const seen = new Set<string>();
  const isFirst = ({ file }: ImageRow) => {
    const study = studyIdOf(file);
    return !seen.has(study) && seen.add(study) !== undefined;
  };
  const kept = images.filter(
    (image) =>
      (views === 'all' || image.view === views) &&
      (projection === 'any' || image.projection === projection) &&
      (studies === 'every-view' || isFirst(image)),
  );
  if (kept.length === 0)
    throw dataError(
      path,
      `expected images with views ${views} and projection ${projection}, got none of ${images.length}`,
    );
  if (limit === 0 || limit >= kept.length) return assertUnique(kept, path);
  if (sampleSeed === 0) return assertUnique(kept.slice(0, limit), path);
  const drawn = createRandom(sampleSeed, 'chexpert').shuffle(kept.map((_, i) => i));
  return assertUnique(
    drawn
      .slice(0, limit)
      .sort((a, b) => a - b)
      .map((i) => kept[i]!),
    path,
  );
}

function assertUnique(images: readonly ImageRow[], path: string): readonly ImageRow[] {
  const lines = new Map<string, number>();
  throwProblems(
    images.flatMap(({ id, line }) => {
      const first = lines.get(id);
      lines.set(id, first ?? line);
      return first === undefined
        ? []
        : [
            {
              path: `${path} line ${line}`,
              message: `expected each image once, got ${id} of line ${first} again`,
            },
          ];
    }),
  );
  return images;
}

async function loadImages(
  rows: readonly ImageRow[],
  { size }: Params,
  context: NodeContext,
): Promise<Images> {
  const items = rows.map(({ id, patientId, path }) => ({
    id,
    patientId,
    path,
    read: () => readGreyImage(findImageFile(path)),
  }));
  const onImage = (done: number) => context.progress({ done, total: items.length, unit: 'image' });
  return packImages(items, { size, bitDepth: 8, onImage });
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
