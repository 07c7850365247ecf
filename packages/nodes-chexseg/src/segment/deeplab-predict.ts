import { dataError, defineNode, listAccepted, type NodeContext, port } from '@radiograph/graph';
import {
  encodeRle,
  type Images,
  type Masks,
  type Model,
  type Predictions,
} from '@radiograph/kinds';
import { z } from 'zod';
import { segmentImages } from './predict.ts';

const manual = `Segments images with a trained DeepLabv3+: probabilities per pixel and class, and masks at the model's thresholds.

Images must have the frame that the model was trained at. A pixel belongs to a class when its probability is strictly above the class's
threshold (chosen while training; 0.5 without validation; thresholds sets it for some). The masks are in the images' frame and know their way back to the original
pixels, so they can be scored, exported, or mixed as pseudo-labels into another training.`;

const params = z.strictObject({
  batchSize: z
    .int()
    .min(1)
    .max(64)
    .default(8)
    .describe('images per call; does not change the result'),
  thresholds: z
    .record(z.string(), z.number().min(0).max(1))
    .default({})
    .describe('threshold per finding, in place of the model’s'),
});
type Params = z.infer<typeof params>;

export const deepLabPredict = defineNode({
  type: 'chexseg.deeplab-predict',
  version: 1,
  title: 'Segment with DeepLabv3+',
  manual,
  inputs: {
    model: port('model', 'a trained segmenter', { role: 'segmenter' }),
    images: port('images', 'radiographs to segment'),
  },
  outputs: {
    predictions: port('predictions', 'probabilities and thresholds'),
    masks: port('masks', 'thresholded masks in the images’ frame'),
  },
  params,
  uses: ['engine'],
  shards: { over: 'images', grain: ({ batchSize }) => batchSize },
  run: async ({ model, images }, { batchSize, thresholds: own }, context) => {
    const thresholds = chooseThresholds(model, own);
    const predictions = await predict({ ...model, thresholds }, images, { batchSize, context });
    return { predictions, masks: thresholdMasks(predictions) };
  },
});

/** The model's thresholds, but for those that are given. @throws a data error for a finding that the model lacks. */
function chooseThresholds({ classes, thresholds }: Model, own: Params['thresholds']): number[] {
  const unknown = Object.keys(own).find((name) => !classes.includes(name));
  if (unknown !== undefined)
    throw dataError('thresholds', `expected ${listAccepted(unknown, classes)}, got ${unknown}`);
  return classes.map((name, k) => own[name] ?? thresholds?.[k] ?? 0.5);
}

type PredictOptions = { readonly batchSize: number; readonly context: NodeContext };

async function predict(
  model: Model & { readonly thresholds: readonly number[] },
  images: Images,
  { batchSize, context }: PredictOptions,
): Promise<Predictions> {
  if (images.ids.length === 0) throw dataError('images', 'expected at least one image, got none');
  if (images.height !== model.inputSize[0] || images.width !== model.inputSize[1])
    throw dataError(
      'images',
      `expected frames of ${model.inputSize.join('x')}, the model's, got ${images.height}x${images.width}`,
    );
  const length = model.classes.length * images.height * images.width;
  const probabilities = new Float32Array(images.ids.length * length);
  const onImage = (index: number, values: Float32Array) => {
    probabilities.set(values, index * length);
    context.progress({ done: index + 1, total: images.ids.length, unit: 'image' });
  };
  await segmentImages({ model, weights: model.weights, images, batchSize, onImage }, context);
  return {
    ids: images.ids,
    classes: model.classes,
    size: [images.height, images.width],
    frames: images.frames,
    thresholds: model.thresholds,
    probabilities,
  };
}

function thresholdMasks({
  ids,
  classes,
  size,
  frames,
  thresholds,
  probabilities,
}: Predictions): Masks {
  const area = size[0] * size[1];
  const counts = ids.map((_, i) =>
    classes.map((__, k) => {
      const start = (i * classes.length + k) * area;
      const plane = probabilities.subarray(start, start + area);
      return encodeRle(
        Uint8Array.from(plane, (p) => (p > thresholds[k]! ? 1 : 0)),
        size[0],
        size[1],
      );
    }),
  );
  return { ids, classes, source: 'prediction', sizes: ids.map(() => size), frames, counts };
}
