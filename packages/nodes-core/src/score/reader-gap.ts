import { dataError, defineNode, optional, port } from '@radiograph/graph';
import type { Masks, Scores, Table } from '@radiograph/kinds';
import {
  bootstrapMeans,
  type CountedPairs,
  columnMeans,
  countedPairs,
  datasetIou,
  type Gap,
  isShown,
  meanOf,
  measureGaps,
  perImageIou,
} from '@radiograph/statistics';
import { z } from 'zod';
import { countReaderOverlaps } from './reader-overlap.ts';

const manual = `How far is a segmenter from human readers? Both are scored against the same expert masks, on the same images.

gap = (readers - model) / readers, by the per-image protocol of core.miou, per class and for the mean over classes: 0 is equal, above 0
the readers are closer to the experts, below 0 the model is. Two readers count as one, whose IoU in an image is the mean of theirs.

The interval is a paired percentile bootstrap: each draw takes the same images for model and readers (95 %). "verdict" names a side only
where the two-sided p value of the difference is below 0.05; five images can never show one. It speaks about one training of the model, and
with many classes some will differ by chance: one in twenty.

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
  const perClass = columnMeans(iou);
  return {
    classes,
    ids,
    thresholds: classes.map(() => 0.5),
    dataset: datasetIou(overlaps.flat()),
    perImage: { iou, perClass, mean: meanOf(perClass) },
    bootstrap: bootstrapMeans(iou, draws),
  };
}

/** Gaps per class, then that of the class mean. Model and readers have the same images and classes. */
function measureGap(model: Scores, readers: Scores, draws: Draws): Gap[] {
  const armOf = (name: string, scores: Scores) => ({ name, seeds: [{ seed: 0, scores }] });
  const [gaps] = measureGaps([armOf('model', model)], armOf('readers', readers), draws);
  return gaps === undefined ? [] : [...gaps.perClass, gaps.mean];
}

function tabulate(gaps: readonly Gap[]): Table {
  return {
    title: 'Gap to the readers (per-image IoU)',
    columns: ['class', 'model IoU', 'readers IoU', 'gap', '95 % low', '95 % high', 'verdict'],
    rows: gaps.map((one) => [
      one.name,
      one.arm,
      one.readers,
      one.gap?.mean ?? null,
      one.gap?.lower ?? null,
      one.gap?.upper ?? null,
      verdictOf(one),
    ]),
  };
}

function verdictOf({ gap, p }: Gap): string {
  if (gap === null || p === null) return 'undefined';
  if (!isShown({ adjustedP: p })) return 'no difference shown';
  return gap.mean > 0 ? 'readers closer' : 'model closer';
}
