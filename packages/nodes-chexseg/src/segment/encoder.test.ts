import type { Model, Supervision } from '@radiograph/kinds';
import { createPredictor, type Forward, initializeWeights, type Sym } from '@radiograph/tensor';
import { createTestContext, paintSquares } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { denseNetFeatures, denseNetHead, denseNetStages } from '../models/densenet.ts';
import { resNetFeatures } from '../models/resnet.ts';
import { deepLabPredict } from './deeplab-predict.ts';
import { deepLabTrain } from './deeplab-train.ts';
import { type NetworkOptions, planNetwork } from './segmenter-network.ts';

const side = 64;
const painted = paintSquares(4, side);
const supervision: Supervision = {
  strong: { images: painted.images, masks: painted.masks },
  weak: null,
  mixing: { type: 'concatenate' },
};
const densenet = {
  blocks: [1, 1, 1, 2],
  growth: 4,
  initialFeatures: 8,
  bottleneck: 2,
  dropRate: 0,
  channels: 1,
};
const inputs = { image: [1, 1, side, side] };

function modelOf(architecture: Model['architecture'], forward: Forward): Model {
  return {
    role: 'classifier',
    architecture,
    classes: ['square'],
    inputSize: [side, side],
    normalization: { mean: 0.3, std: 0.4 },
    thresholds: null,
    weights: initializeWeights(forward, inputs, 5),
  };
}
const classifier = modelOf({ family: 'densenet', ...densenet }, ({ image }, scope) => ({
  logits: denseNetHead(scope, denseNetFeatures(scope, image!, densenet), 1),
}));
const resnet = modelOf(
  { family: 'resnet', depth: 18, width: 4, channels: 1 },
  ({ image }, scope) => ({ ...resNetFeatures(scope, image!, { depth: 18, width: 4 }) }),
);

const options: NetworkOptions = {
  depth: 18,
  width: 8,
  rates: [1, 1, 2],
  decoderChannels: 8,
  channels: 1,
  encoderWeights: 'given',
  encoderScale: 'given',
  mean: 0.5,
  std: 0.1,
};
const plan = (encoder: Model | undefined, given: Partial<NetworkOptions> = {}) =>
  planNetwork(painted.images, 1, { options: { ...options, ...given }, encoder });

test('[C59] a DenseNet encoder keeps stride 16 by dilation, with the weights of its classifier', async () => {
  const stages: Sym[] = [];
  const predictor = await createPredictor({
    inputs,
    forward: ({ image }, scope) => {
      const config = { ...densenet, outputStride: 16 };
      return { high: denseNetStages(scope, image!, config, (_, output) => stages.push(output)) };
    },
    weights: new Map([...classifier.weights].filter(([name]) => name.startsWith('features.'))),
  });
  const dilations = predictor.program.nodes.flatMap((node) =>
    node.op === 'conv2d' && node.params.dilation > 1 ? [node.params.dilation] : [],
  );
  await predictor.dispose();

  expect(stages.slice(0, 6).map(({ shape }) => shape[2])).toEqual([16, 16, 8, 4, 4, 4]);
  expect(dilations).toEqual([2, 2]); // the two layers of the last block
});

test('[C59] an encoder gives its shape, its weights and its input scale', () => {
  for (const encoder of [classifier, resnet]) {
    const { startWeights, normalization } = plan(encoder);
    const start = startWeights(1)!;
    const first = encoder === resnet ? 'conv1.weight' : 'features.conv0.weight';

    expect(normalization).toEqual(encoder.normalization);
    expect(start.get(`encoder.${first}`)).toEqual(encoder.weights.get(first));
    expect(start.get('segmentation_head.0.weight')!.shape).toEqual([1, 8, 1, 1]);
  }
  expect(plan(resnet).config).toMatchObject({ depth: 18, width: 4 });
  expect(plan(undefined).config).toMatchObject({ depth: 18, width: 8 });
  expect(plan(undefined).startWeights(1)).toBeUndefined();
});

test('[C59] `encoderWeights` and `encoderScale` take less of an encoder', () => {
  const { architecture, normalization, startWeights } = plan(classifier, {
    encoderWeights: 'random',
    encoderScale: 'own',
  });

  expect(architecture).toMatchObject({ family: 'deeplabv3plus-densenet', densenet });
  expect(normalization).toEqual({ mean: 0.5, std: 0.1 });
  expect(startWeights(1)).toBeUndefined();
  const missing = new Map([...resnet.weights].filter(([name]) => name !== 'bn1.bias'));
  expect(() => plan({ ...resnet, weights: missing }).startWeights(1)).toThrow(
    'encoder: expected bn1.bias of 4, got no such weight',
  );
});

test('[C59] a segmenter on the DenseNet of a classifier trains and predicts', async () => {
  const params = deepLabTrain.params.parse({
    ...{ decoderChannels: 8, rates: [1, 1, 2], epochs: 1, batchSize: 4, learningRate: 1e-6 },
    ...{ noise: 0.1, schedule: 'cosine' },
  });
  const { model } = (await deepLabTrain.run(
    { supervision, encoder: classifier },
    params,
    createTestContext(),
  )) as { model: Model };
  const before = classifier.weights.get('features.conv0.weight')!.data;
  const after = model.weights.get('encoder.features.conv0.weight')!.data;
  const { predictions } = await deepLabPredict.run(
    { model, images: painted.images },
    { batchSize: 4, thresholds: {} },
    createTestContext(),
  );

  expect(after).not.toEqual(before);
  for (const [i, value] of after.entries()) expect(Math.abs(value - before[i]!)).toBeLessThan(1e-4);
  expect(predictions).toMatchObject({ size: [side, side], classes: ['square'] });
});
