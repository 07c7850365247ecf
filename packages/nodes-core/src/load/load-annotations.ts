/** Labels, patients and masks that lie beside a folder of images: parameters and loading, the same for every kind of image file. */
import { foregroundPattern, parseForeground, readCsv } from '@radiograph/formats';
import type { NodeContext } from '@radiograph/graph';
import { type Images, identityFrame, type Labels, type Masks } from '@radiograph/kinds';
import { z } from 'zod';
import { parseRule, rulePattern } from './label-rules.ts';
import type { NamedImage } from './list-images.ts';
import { type ReadLabels, readLabels } from './read-labels.ts';
import { joinMasks, type MaskJoinTask, readMasks } from './read-masks.ts';
import { joinSiimMasks, readSiimMasks } from './siim-masks.ts';

/** Parameters of a loader whose images may have masks and labels. */
export const annotationParams = {
  masks: z
    .string()
    .default('')
    .describe('folder of mask folders, or a CSV of SIIM run lengths; empty = none'),
  maskClasses: z
    .array(z.string())
    .default([])
    .describe('classes to read; empty = every sub-folder; of a CSV its one class'),
  missingMasks: z
    .enum(['refuse', 'empty', 'not-annotated', 'leave-out'])
    .default('refuse')
    .describe(
      'an image without a mask is an error, has an empty mask, was not annotated, or is left out',
    ),
  maskForeground: z
    .string()
    .regex(
      foregroundPattern,
      'expected auto, nonzero, "> 10", or values such as "1, 2" or "#ff0000"',
    )
    .default('auto')
    .describe('values that are foreground: auto, nonzero, "> 10", "1, 2" or "#ff0000"'),
  labels: z.string().default('').describe('CSV file of image-level labels; empty = none'),
  labelColumns: z
    .array(z.string())
    .default([])
    .describe('columns that are findings; empty = every column of labels'),
  labelRules: z
    .array(
      z.string().regex(rulePattern, 'expected "[name =] column > number" with >, >=, <, <= or =='),
    )
    .default([])
    .describe('findings made from numeric columns'),
  missingRows: z
    .enum(['refuse', 'blank', 'leave-out'])
    .default('refuse')
    .describe('an image without a row is an error, has blank labels, or is left out'),
  idColumn: z.string().default('').describe('column that names the image; empty = the first'),
  patientColumn: z
    .string()
    .default('')
    .describe(
      'column that names the patient; empty = one called patient, PatientID, subject_id, ...',
    ),
} as const;

/** How labels are read, for the manuals of the loaders. */
export const labelsManual = `labels: a CSV file; comma, semicolon, tab or pipe, UTF-8, UTF-16 or Latin-1, any line ends: what was found is said. The first column (or
idColumn; if the first names no image, the one that names most) names the image by its path, its file name with or without extension, or its
SOP Instance UID, compared as a whole and in Unicode NFC. Rows and images that are left over are counted and named in the log; an image
without a row is an error, unless missingRows says that its labels are blank or that it is left out. An image that two rows name is an error.

Without rules every column of labels is a finding: 1, 0, -1 (uncertain), True, False, and for what is not said blank, nan, NA, N/A, null or None. A
column of labels and something else is refused by line; labelColumns names the findings where such a column is none. A column
"Finding Labels" of names with pipes between them (ChestX-ray14) gives a finding per name. Other columns, and sex, age, view and patient,
are no findings, which the log says. A rule makes a finding from a number: "cardiothoracic_ratio > 0.5", or with a name of its
own "Cardiomegaly = cardiothoracic_ratio > 0.5". A blank cell stays blank.`;

type AnnotationOptions = {
  readonly [K in keyof typeof annotationParams]: z.infer<(typeof annotationParams)[K]>;
};

/** What the annotations say of a list of image files, before any pixel is read. */
export type OpenAnnotations = {
  /** Whether to load each file. */
  readonly keep: readonly boolean[];
  /** See `ReadLabels`. */
  readonly patients: ReadLabels['patients'];
  readonly labelsOf: (images: Images) => Labels;
  readonly masksOf: (images: Images) => Promise<Masks>;
};

/** What annotations are joined to. */
export type AnnotatedFiles = Pick<MaskJoinTask, 'files' | 'orientationOf'>;

/** Opens the label table and the mask files, and joins them to the images; the log says what was left over on either side. */
export async function openAnnotations(
  options: AnnotationOptions,
  { files, orientationOf }: AnnotatedFiles,
  context: NodeContext,
): Promise<OpenAnnotations> {
  const labels = await openLabels(options, files, context);
  const masks = await openMasks(options, { files, orientationOf }, context);
  const keep = files.map(
    (_, i) =>
      (options.missingRows !== 'leave-out' || (labels?.hasRow[i] ?? true)) &&
      (options.missingMasks !== 'leave-out' || masks.hasMask(i)),
  );
  const left = keep.filter((isKept) => !isKept).length;
  if (left > 0) context.notice(`${left} of ${files.length} images left out: without row or mask`);
  const kept = files.flatMap((_, i) => (keep[i] ? [i] : []));
  return {
    keep,
    patients: labels?.patients,
    labelsOf: ({ ids }) => ({
      ids,
      classes: labels?.labels.classes ?? [],
      values: kept.map((i) => labels?.labels.values[i] ?? []),
    }),
    masksOf: (images) => masks.read(images, kept),
  };
}

async function openLabels(
  options: AnnotationOptions,
  files: readonly NamedImage[],
  context: NodeContext,
): Promise<ReadLabels | undefined> {
  if (options.labels === '') return undefined;
  const csv = await readCsv(context.resolvePath(options.labels), 'a CSV file of labels');
  const { idColumn, patientColumn, labelColumns, labelRules, missingRows } = options;
  const rules = labelRules.map(parseRule);
  const task = { csv, idColumn, patientColumn, labelColumns, rules, missingRows };
  const read = readLabels(task, {
    ids: files.map(({ id }) => id),
    names: files.map(({ names }) => names),
  });
  for (const note of read.notes) context.notice(note);
  return read;
}

type MaskFiles = {
  readonly hasMask: (file: number) => boolean;
  /** Masks of the files that were kept, given by their places in the list. */
  readonly read: (images: Images, kept: readonly number[]) => Promise<Masks>;
};

async function openMasks(
  options: AnnotationOptions,
  annotated: AnnotatedFiles,
  context: NodeContext,
): Promise<MaskFiles> {
  if (options.masks === '')
    return { hasMask: () => true, read: (images) => Promise.resolve(noMasks(images)) };
  const path = context.resolvePath(options.masks);
  const { maskClasses: classes, missingMasks: missing } = options;
  const foreground = parseForeground(options.maskForeground);
  const task = { path, classes, missing, foreground, ...annotated, log: context.notice };
  if (/\.csv$/i.test(path)) {
    const joined = joinSiimMasks(task, await readCsv(path, 'a CSV file of run lengths'));
    return {
      hasMask: (file) => joined.rowsOf.has(file),
      read: (images, kept) => Promise.resolve(readSiimMasks(task, joined, { images, kept })),
    };
  }
  const joined = await joinMasks(task);
  const read = (images: Images, kept: readonly number[]) => {
    const total = joined.length * kept.length;
    let done = 0;
    const onImage = () => context.progress({ done: ++done, total, unit: 'mask' });
    return readMasks(task, joined, { images, kept, onImage });
  };
  return { hasMask: (file) => joined.every(({ pathOf }) => pathOf.has(file)), read };
}

/** No classes. */
function noMasks({ ids, originalSizes }: Images): Masks {
  const frames = ids.map(() => identityFrame);
  return {
    ids,
    classes: [],
    source: 'expert',
    sizes: originalSizes,
    frames,
    counts: ids.map(() => []),
  };
}
