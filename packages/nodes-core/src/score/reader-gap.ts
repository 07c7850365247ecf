import { dataError, defineNode, optional, port } from '@radiograph/graph';
import type { Interval, Masks, Scores, Table } from '@radiograph/kinds';
import { createRandom } from '@radiograph/statistics';
import { z } from 'zod';
import { bootstrapIou, intervalOf } from './bootstrap.ts';
import { excludesZero } from './compare-scores.ts';
import {
  type CountedPairs,
  classMeans,
  countedPairs,
  datasetIou,
  meanOf,
  perImageIou,
} from './iou.ts';
import type { Overlap } from './overlap.ts';
import { countReaderOverlaps } from './reader-overlap.ts';

const manual = `How far is a segmenter from human readers? Both are scored against the same expert masks, on the same images.

gap = (readers - model) / readers, by the per-image protocol of core.miou, per class and for the mean over classes: 0 is equal, above 0
the readers are closer to the experts, below 0 the model is. Two readers count as one, whose IoU in an image is the mean of theirs.

The interval is a paired percentile bootstrap: each draw takes the same images for model and readers (95 %). "verdict" names a side only
where the interval leaves 0 out. With many classes some will do so by chance: one in twenty.

The model's numbers come from core.miou; readers are scored in the expert masks' own pixels, so set its frame to "original" to compare
like with like. Set counted as there. A reader's class that was not annotated for an image does not count.

readers: their own scores, for core.compare and figures.

Source: Gadgil et al., "CheXseg", MIDL 2021 (gap to radiologists cut by 57.2 %); Saporta et al., Nature Machine Intelligence 2022
(calculate_percentage_decrease.py).`;

const params = z.strictObject({
  counted: z
    .enum(countedPairs)
    .default('either')
    .describe('images that count for a class: either mask has a pixel, or both have'),
  replicates: z.int().min(1).max(100_000).default(1000).describe('bootstrap draws'),
});

export const readerGap = defineNode({
  type: 'core.reader-gap',
  version: 1,
  title: 'Radiologist gap',
  manual,
  inputs: {
    scores: port('scores', 'a segmenter’s, from core.miou'),
    masks: port('masks', 'expert masks; joined by id'),
    reader1: port('masks', 'the same by a human reader'),
    reader2: optional('masks', 'the same by another one; one without images does not count'),
  },
  outputs: {
    table: port('table', 'one row per class and one for the mean'),
    readers: port('scores', 'the readers’ own scores'),
  },
  params,
  uses: ['seed'],
  run: async ({ scores, masks, reader1, reader2 }, options, { seed }) => {
    const present = [reader1, reader2].filter((reader) => reader !== undefined);
    const readers = scoreReaders(scores, masks, { ...options, seed, readers: present });
    return { table: tabulate(measureGap(scores, readers, { ...options, seed })), readers };
  },
});

type Draws = { readonly replicates: number; readonly seed: number };

/** Scores readers like a model. Several count as one: overlaps add up, IoU of an image is the mean of those that count. */
export function scoreReaders(
  { ids, classes }: Pick<Scores, 'ids' | 'classes'>,
  truth: Masks,
  {
    readers,
    counted,
    ...draws
  }: Draws & { readonly readers: readonly Masks[]; readonly counted: CountedPairs },
): Scores {
  const present = readers.filter((reader) => reader.ids.length > 0);
  if (present.length === 0)
    throw dataError(
      'reader1',
      'expected masks of at least one reader, got none (no file was named?)',
    );
  const overlaps = present.map((reader) => countReaderOverlaps(reader, { ids, classes, truth }));
  const each = overlaps.map((rows) => perImageIou(rows, counted).iou);
  const iou = ids.map((_, i) => classes.map((__, k) => meanOf(each.map((rows) => rows[i]![k]!))));
  const perClass = classMeans(iou, [...ids.keys()]);
  return {
    classes,
    ids,
    thresholds: classes.map(() => 0.5),
    dataset: datasetIou(overlaps.flat() satisfies Overlap[][]),
    perImage: { iou, perClass, mean: meanOf(perClass) },
    bootstrap: bootstrapIou(iou, draws),
  };
}

/** One line of the comparison; null where nothing is defined. */
export type Gap = {
  readonly name: string;
  readonly model: number | null;
  readonly readers: number | null;
  /** (readers - model) / readers with its paired interval; the mean is the gap of all images, not that of the draws. */
  readonly gap: Interval | null;
};

/** Gaps per class, then that of the class mean. Model and readers have the same images and classes. */
export function measureGap(model: Scores, readers: Scores, { replicates, seed }: Draws): Gap[] {
  const random = createRandom(seed, 'gap');
  const all = [...model.ids.keys()];
  const meansOf = (rows: readonly number[]) =>
    [model, readers].map(({ perImage }) => classMeans(perImage.iou, rows));
  const draws = Array.from({ length: replicates }, () =>
    meansOf(all.map(() => random.integer(all.length))),
  );
  const whole = meansOf(all);
  const describe = (name: string, pick: (means: Row) => number | null): Gap => {
    const [ours, theirs] = whole.map(pick) as [number | null, number | null];
    const mean = gapOf(ours, theirs);
    const interval = intervalOf(draws.map(([a, b]) => gapOf(pick(a!), pick(b!))));
    return {
      name,
      model: ours,
      readers: theirs,
      gap: mean === null || interval === null ? null : { ...interval, mean },
    };
  };
  return [
    ...model.classes.map((name, k) => describe(name, (means) => means[k] ?? null)),
    describe('mean', meanOf),
  ];
}

type Row = readonly (number | null)[];

const gapOf = (model: number | null, readers: number | null) =>
  model === null || readers === null || readers === 0 ? null : (readers - model) / readers;

function tabulate(gaps: readonly Gap[]): Table {
  return {
    title: 'Gap to the readers (per-image IoU)',
    columns: ['class', 'model IoU', 'readers IoU', 'gap', '95 % low', '95 % high', 'verdict'],
    rows: gaps.map(({ name, model, readers, gap }) => [
      name,
      model,
      readers,
      gap?.mean ?? null,
      gap?.lower ?? null,
      gap?.upper ?? null,
      verdictOf(gap),
    ]),
  };
}

function verdictOf(gap: Interval | null): string {
  if (gap === null) return 'undefined';
  if (!excludesZero(gap)) return 'no difference shown';
  return gap.lower > 0 ? 'readers closer' : 'model closer';
}
