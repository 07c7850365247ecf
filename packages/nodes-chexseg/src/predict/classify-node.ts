import { dataError, defineNode, optional, port } from '@radiograph/graph';
import { type Images, type Labels, labelsFor, type Table } from '@radiograph/kinds';
import { z } from 'zod';
import { studyIdOf } from '../load/image-files.ts';
import { auroc } from '../train/auroc.ts';
import { applyPolicy } from '../train/label-policy.ts';
import { classifyEnsemble } from './classify.ts';

const manual = `Predicts the findings of radiographs, and scores a classifier by AUROC per finding.

Probabilities come as a table, one row per image. level "study" takes the largest probability over the views of a study, as the released code
does (images named patient..._study..._view..., as CheXpert's are; other images are studies of their own).

With labels the scores table has the AUROC of each finding and their mean, with the numbers of positives and negatives; uncertain labels are left out,
blank ones count as negative unless blankPolicy is "ignore". A study's label is the largest of its images'. The mean leaves out findings
without both a positive and a negative. competition: the mean over the five findings of the CheXpert competition, where they are known.

An ensemble's probability is the mean of its members'. Source: Irvin et al., "CheXpert", AAAI 2019.`;

const params = z.strictObject({
  level: z.enum(['image', 'study']).default('image').describe('what a row is'),
  blankPolicy: z.enum(['zero', 'ignore']).default('zero').describe('what a blank label means'),
});

/** The tasks of the CheXpert competition. */
const competition = ['Atelectasis', 'Cardiomegaly', 'Consolidation', 'Edema', 'Pleural Effusion'];

export const classify = defineNode({
  type: 'chexseg.classify',
  version: 1,
  title: 'Classify',
  manual,
  inputs: {
    model: port('model', 'a classifier or an ensemble', { role: 'classifier' }),
    images: port('images', 'radiographs'),
    labels: optional('labels', 'their findings, to score; joined by id'),
  },
  outputs: {
    probabilities: port('table', 'a row per image or study, a column per finding'),
    scores: port('table', 'AUROC per finding; empty without labels'),
  },
  params,
  uses: ['engine'],
  run: async ({ model, images, labels }, { level, blankPolicy }, context) => {
    if (model.classes.length === 0)
      throw dataError('model', 'expected a classifier, got an encoder without classes');
    const all = await classifyEnsemble(model, images, context);
    const count = model.classes.length;
    const rows = images.ids.map((_, i) => [...all.subarray(i * count, (i + 1) * count)]);
    const groups = groupImages(images, level);
    const probabilities = groups.map(({ members }) => largestOf(members.map((i) => rows[i]!)));
    const title = `Probabilities of ${groups.length} ${level === 'image' ? 'images' : 'studies'}`;
    return {
      probabilities: {
        title,
        columns: [level, ...model.classes],
        rows: groups.map(({ name }, i) => [name, ...(probabilities[i] as number[])]),
      },
      scores: scoreFindings(
        model.classes,
        probabilities,
        readTruth(labels, images, groups, { classes: model.classes, blankPolicy }),
      ),
    };
  },
});

type ImageGroup = { readonly name: string; readonly members: readonly number[] };

function groupImages({ ids }: Images, level: 'image' | 'study'): ImageGroup[] {
  const groups = new Map<string, number[]>();
  for (const [i, id] of ids.entries()) {
    const name = level === 'image' ? id : studyIdOf(id);
    groups.set(name, [...(groups.get(name) ?? []), i]);
  }
  return [...groups].map(([name, members]) => ({ name, members }));
}

/** The largest value per column; null counts as less than any. */
function largestOf<T extends number | null>(rows: readonly (readonly T[])[]): T[] {
  return rows[0]!.map((_, k) =>
    rows.map((row) => row[k]!).reduce((a, b) => ((b ?? -1) > (a ?? -1) ? b : a)),
  );
}

type Truth = readonly (readonly (0 | 1 | null)[])[];
type Reading = { readonly classes: readonly string[]; readonly blankPolicy: 'zero' | 'ignore' };

/** What each group has of each finding; undefined without labels, null where a finding is not labeled. */
function readTruth(
  labels: Labels | undefined,
  { ids }: Images,
  groups: readonly ImageGroup[],
  { classes, blankPolicy }: Reading,
): Truth | undefined {
  if (labels === undefined) return undefined;
  const known = labelsFor(labels, ids);
  const columns = classes.map((name) => known.classes.indexOf(name));
  const policy = { uncertain: 'U-Ignore', blank: blankPolicy } as const;
  const perImage = known.values.map((row) =>
    columns.map((column) => (column < 0 ? null : applyPolicy(row[column]!, policy))),
  );
  return groups.map(({ members }) => largestOf(members.map((i) => perImage[i]!)));
}

function scoreFindings(
  classes: readonly string[],
  probabilities: readonly (readonly number[])[],
  truth: Truth | undefined,
): Table {
  const title = 'AUROC';
  const columns = ['finding', 'AUROC', 'positives', 'negatives'];
  if (truth === undefined) return { title, columns, rows: [] };
  const scored = classes.map((name, k) => {
    const labels = truth.map((row) => row[k]!);
    const value = auroc(
      probabilities.map((row) => row[k]!),
      labels,
    );
    const counts = ([1, 0] as const).map(
      (label) => labels.filter((known) => known === label).length,
    );
    return { name, value, counts };
  });
  const meanOf = (chosen: typeof scored) => {
    const known = chosen.flatMap(({ value }) => value ?? []);
    return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
  };
  const five = scored.filter(({ name }) => competition.includes(name));
  return {
    title,
    columns,
    rows: [
      ...scored.map(({ name, value, counts }) => [name, value, ...counts]),
      ['mean', meanOf(scored), null, null],
      ...(five.length === competition.length ? [['competition', meanOf(five), null, null]] : []),
    ],
  };
}
