import { dataError, defineNode, optional, port } from '@radiograph/graph';
import {
  type Images,
  type Labels,
  type LabelValue,
  labelsFor,
  selectImages,
  type Table,
} from '@radiograph/kinds';
import { z } from 'zod';
import { namesIn } from './names-in.ts';

const manual = `Keeps the images that a list, a table, their labels or their patients name. \`rest\` carries the others.

ids: a list of image ids. table: the images that a wired table has a row for; idColumn names the column, else it is the first: the rows that a
comparison or a loader's table has lead back to their images. patients: those of a list of patients.

finding and values: the images whose label of that finding is one of the values (positive by default; negative, uncertain, blank).

perPatient keeps at most so many images of each patient. perFinding keeps images until every finding of the labels has so many positive ones: an image
is kept if it is positive for a finding that has too few yet. limit keeps the first so many of what is left.

Conditions that are given hold together, in this order; images stay in their order, and nothing is drawn at random (core.subset does that). A
selection copies no pixels. Ids and patients that are not among the images are errors, and so is a selection without any image.`;

const params = z.strictObject({
  ids: z.array(z.string()).default([]).describe('image ids to keep; empty = any'),
  idColumn: z
    .string()
    .default('')
    .describe('column of the table with image ids; empty = the first'),
  patients: z.array(z.string()).default([]).describe('patients to keep; empty = any'),
  finding: z.string().default('').describe('finding whose label decides; empty = none'),
  values: z
    .array(z.enum(['positive', 'negative', 'uncertain', 'blank']))
    .min(1)
    .default(['positive'])
    .describe('labels of that finding to keep'),
  perPatient: z.int().min(0).default(0).describe('most images of one patient; 0 = all'),
  perFinding: z
    .int()
    .min(0)
    .default(0)
    .describe('positive images to keep of each finding, as far as there are; 0 = all'),
  limit: z.int().min(0).default(0).describe('keep only the first so many; 0 = all'),
});
type Params = z.infer<typeof params>;

export const select = defineNode({
  type: 'core.select',
  version: 1,
  title: 'Select',
  manual,
  inputs: {
    images: port('images', 'the images to choose from'),
    labels: optional('labels', 'their findings, for finding and perFinding; joined by id'),
    table: optional('table', 'names the images to keep'),
  },
  outputs: {
    images: port('images', 'the chosen images, in their old order'),
    rest: port('images', 'the others'),
  },
  params,
  requires: (wired, { finding, perFinding }) =>
    (finding !== '' || perFinding > 0) && !wired.has('labels')
      ? 'expected a wire into labels, which finding and perFinding ask'
      : undefined,
  run: async ({ images, labels, table }, options) => {
    const kept = new Set(chooseImages({ images, labels, table }, options));
    if (kept.size === 0)
      throw dataError(
        'images',
        `expected a selection of at least one image, got none of ${images.ids.length}`,
      );
    return {
      images: selectImages(images, (i) => kept.has(i)),
      rest: selectImages(images, (i) => !kept.has(i)),
    };
  },
});

type Inputs = {
  readonly images: Images;
  readonly labels: Labels | undefined;
  readonly table: Table | undefined;
};

/** The numbers of the images that every condition lets pass, rising. */
function chooseImages({ images, labels, table }: Inputs, options: Params): readonly number[] {
  const { ids, patientIds } = images;
  const wantedIds = namesIn('ids', options.ids, ids);
  const wantedPatients = namesIn('patients', options.patients, patientIds);
  const listed = table === undefined ? undefined : idsOfTable(table, options.idColumn);
  const known = labels === undefined ? undefined : labelsFor(labels, ids);
  const hasLabel = known === undefined ? () => true : labelFilter(known, options);
  const passing = ids.flatMap((id, i) =>
    (wantedIds?.has(id) ?? true) &&
    (listed?.has(id) ?? true) &&
    (wantedPatients?.has(patientIds[i]!) ?? true) &&
    hasLabel(i)
      ? [i]
      : [],
  );
  const few = keepPerPatient(passing, patientIds, options.perPatient);
  const balanced = known === undefined ? few : keepPerFinding(few, known, options.perFinding);
  return options.limit === 0 ? balanced : balanced.slice(0, options.limit);
}

function idsOfTable({ title, columns, rows }: Table, idColumn: string): ReadonlySet<unknown> {
  const column = idColumn === '' ? 0 : columns.indexOf(idColumn);
  if (column >= 0) return new Set(rows.map((row) => row[column]));
  throw dataError(
    'idColumn',
    `expected a column of "${title}" (${columns.join(', ')}), got ${idColumn}`,
  );
}

const labelNamed = { positive: 1, negative: 0, uncertain: -1, blank: null } as const;

function labelFilter(
  { classes, values }: Labels,
  { finding, values: names }: Params,
): (image: number) => boolean {
  if (finding === '') return () => true;
  const column = classes.indexOf(finding);
  if (column < 0)
    throw dataError('finding', `expected one of ${classes.join(', ')}, got ${finding}`);
  const wanted = new Set<LabelValue>(names.map((name) => labelNamed[name]));
  return (image) => wanted.has(values[image]![column]!);
}

function keepPerPatient(
  images: readonly number[],
  patients: readonly string[],
  most: number,
): readonly number[] {
  if (most === 0) return images;
  const counts = new Map<string, number>();
  return images.filter((image) => {
    const count = (counts.get(patients[image]!) ?? 0) + 1;
    counts.set(patients[image]!, count);
    return count <= most;
  });
}

function keepPerFinding(
  images: readonly number[],
  { classes, values }: Labels,
  most: number,
): readonly number[] {
  if (most === 0) return images;
  const counts = classes.map(() => 0);
  return images.filter((image) => {
    const positive = classes.flatMap((_, k) => (values[image]![k] === 1 ? [k] : []));
    const isWanted = positive.some((k) => counts[k]! < most);
    if (isWanted) for (const k of positive) counts[k]!++;
    return isWanted;
  });
}
