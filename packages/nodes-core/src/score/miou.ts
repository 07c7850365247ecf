import { dataError, defineNode, port } from '@radiograph/graph';
import { type Masks, masksFor, type Predictions, type Scores, type Table } from '@radiograph/kinds';
import { bootstrapMeans, countedPairs, datasetIou, perImageIou } from '@radiograph/statistics';
import { z } from 'zod';
import { countOverlaps } from './overlap.ts';

const manual = `Scores predicted masks against expert masks: IoU per class and mIoU, by both protocols of CheXseg, with bootstrap intervals.

Dataset IoU: intersections and unions are summed over the whole set and divided once per class. This is what the released test
script prints. Per-image IoU: one IoU per image and class; images where prediction and truth are both empty do not count, an empty
truth with a non-empty prediction counts 0; averaged over images. This is what the comparison with radiologists uses. The paper
does not say which of the two its 0.270 is, so both are always given. A class that is undefined is shown as "-" and left out of the mean.
counted "both" leaves out every image where prediction or truth is empty, as CheXlocalize's true_pos_only: it then asks how well a finding
is outlined once it is found, and forgives misses and false alarms.

The interval is a percentile bootstrap over images of the per-image protocol (95 %, element int(0.025 B) - 1 to int(0.975 B) - 1).

A pixel is predicted when its probability is strictly above the threshold of its class; thresholds come with the predictions (chosen
on a validation set while training), unless \`threshold\` sets one for all.

frame "model" compares in the model's letterboxed frame, padding included, as CheXseg does; "original" brings probabilities back to the
original pixels of the masks. Classes that were not annotated for an image do not count. Only classes of the predictions are scored.

Source: Gadgil et al., "CheXseg", MIDL 2021; Saporta et al., "Benchmarking saliency methods", Nature Machine Intelligence 2022.`;

const params = z.strictObject({
  frame: z.enum(['model', 'original']).default('model').describe('where masks are compared'),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .default(null)
    .describe('one threshold for all classes; null = those of the predictions'),
  counted: z
    .enum(countedPairs)
    .default('either')
    .describe('images that count for a class, per image: either mask has a pixel, or both have'),
  replicates: z.int().min(1).max(100_000).default(1000).describe('bootstrap draws'),
});
type Params = z.infer<typeof params>;

export const miou = defineNode({
  type: 'core.miou',
  version: 1,
  title: 'mIoU',
  manual,
  inputs: {
    predictions: port('predictions', 'probabilities and thresholds of a segmenter'),
    masks: port('masks', 'expert masks; joined by id'),
  },
  outputs: {
    scores: port('scores', 'all numbers, also per image'),
    table: port('table', 'one row per class and one for the mean'),
  },
  params,
  uses: ['seed'],
  run: async ({ predictions, masks }, options, { seed }) => {
    const scores = scorePredictions(predictions, masks, { ...options, seed });
    return { scores, table: tabulate(scores) };
  },
});

/** Scores predictions; see the node's manual. @throws a data error for a class or image without masks. */
export function scorePredictions(
  predictions: Predictions,
  masks: Masks,
  { frame, threshold, counted, replicates, seed }: Params & { readonly seed: number },
): Scores {
  if (predictions.ids.length === 0)
    throw dataError('predictions', 'expected at least one image, got none');
  const truth = masksFor(masks, predictions.ids);
  const missing = predictions.classes.filter((name) => !truth.classes.includes(name));
  if (missing.length > 0)
    throw dataError(
      'masks',
      `expected masks of ${missing.join(', ')}, got ${truth.classes.join(', ') || 'no classes'}`,
    );
  const columns = predictions.classes.map((name) => truth.classes.indexOf(name));
  const thresholds =
    threshold === null ? predictions.thresholds : predictions.classes.map(() => threshold);
  const overlaps = countOverlaps({ predictions, truth, columns, thresholds, frame });
  const perImage = perImageIou(overlaps, counted);
  return {
    classes: predictions.classes,
    ids: predictions.ids,
    thresholds,
    dataset: datasetIou(overlaps),
    perImage,
    bootstrap: bootstrapMeans(perImage.iou, { replicates, seed }),
  };
}

function tabulate({ classes, ids, thresholds, dataset, perImage, bootstrap }: Scores): Table {
  const scored = (k: number) => perImage.iou.filter((row) => row[k] !== null).length;
  const rows = classes.map((name, k) => {
    const interval = bootstrap.perClass[k];
    return [
      name,
      thresholds[k]!,
      dataset.perClass[k]!,
      perImage.perClass[k]!,
      interval?.lower ?? null,
      interval?.upper ?? null,
      scored(k),
    ];
  });
  const mean = [
    'mean (mIoU)',
    null,
    dataset.mean,
    perImage.mean,
    bootstrap.mean?.lower ?? null,
    bootstrap.mean?.upper ?? null,
    ids.length,
  ];
  return {
    title: `IoU on ${ids.length} images`,
    columns: [
      'class',
      'threshold',
      'dataset IoU',
      'per-image IoU',
      '95 % low',
      '95 % high',
      'images',
    ],
    rows: [...rows, mean],
  };
}
