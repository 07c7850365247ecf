/** What is exported is read back: every family, in every format, equal in every output and every weight, to the bit. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeType } from '@radiograph/graph';
import type { ExportedFile, Model, ModelRole } from '@radiograph/kinds';
import { createPredictor, declareWeights, initializeWeights } from '@radiograph/tensor';
import { createTemporaryFolder, createTestContext } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { boundaryFile, modelFile, segmenterFile } from '../load/model-file.ts';
import { joinModels } from '../models/ensemble.ts';
import { networkOf } from '../models/network.ts';
import { exportModel } from './export-model.ts';

const side = 64;
const densenet = {
  blocks: [1, 1, 1, 2],
  growth: 4,
  initialFeatures: 8,
  bottleneck: 2,
  dropRate: 0,
};
const decoder = { rates: [1, 2, 3], decoderChannels: 8, channels: 3, classes: 2, dropRate: 0.5 };

/** A model with statistics of its own, so that no default of a loader gives the same numbers. */
function modelOf(role: ModelRole, architecture: Model['architecture'], classes: number): Model {
  const bare: Model = {
    role,
    architecture,
    classes: ['Edema', 'nodule', 'third'].slice(0, classes),
    inputSize: [side, side],
    normalization: { mean: [0.1, 0.2, 0.3], std: 0.0855851 },
    thresholds: classes === 0 ? null : [0.1, 0.7000000001].slice(0, classes),
    weights: new Map(),
  };
  const { channels, forward } = networkOf(bare);
  const inputs = { image: [1, channels, side, side] };
  const weights = new Map(
    [...initializeWeights(forward, inputs, 7)].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value, i) => value + ((i * 37) % 11) / 100) },
    ]),
  );
  expect([...declareWeights(forward, inputs).keys()].sort()).toEqual([...weights.keys()].sort());
  return { ...bare, weights };
}

const resnet = { family: 'resnet', depth: 18, width: 4, channels: 3 };
const classifiers: Readonly<Record<string, Model>> = {
  densenet: modelOf('classifier', { family: 'densenet', ...densenet, channels: 3 }, 2),
  resnet: modelOf('classifier', resnet, 2),
  resnext: modelOf(
    'classifier',
    { family: 'resnet', depth: 50, width: 4, groups: 2, widthPerGroup: 64, channels: 3 },
    2,
  ),
};
const models: Readonly<Record<string, Model>> = {
  ...classifiers,
  ensemble: joinModels([classifiers.densenet!, classifiers.resnet!]),
  'deeplab on resnet': modelOf(
    'segmenter',
    { family: 'deeplabv3plus-resnet', depth: 18, width: 4, ...decoder },
    2,
  ),
  'deeplab at stride 8': modelOf(
    'segmenter',
    { family: 'deeplabv3plus-resnet', depth: 34, width: 4, outputStride: 8, ...decoder },
    2,
  ),
  'deeplab on densenet': modelOf(
    'segmenter',
    { family: 'deeplabv3plus-densenet', densenet: { ...densenet, channels: 3 }, ...decoder },
    2,
  ),
  irnet: modelOf('boundary', { family: 'irnet', backbone: resnet }, 2),
};
const loaders: { readonly [R in ModelRole]: NodeType } = {
  classifier: modelFile,
  segmenter: segmenterFile,
  boundary: boundaryFile,
};

async function exportTo(model: Model, format: string): Promise<string> {
  const params = exportModel.params.parse({ format });
  const { file } = await exportModel.run({ model }, params, createTestContext());
  const { extension, bytes } = file as ExportedFile;
  const path = join(createTemporaryFolder(), `model${extension}`);
  writeFileSync(path, bytes);
  return path;
}

async function read(role: ModelRole, options: Record<string, unknown>) {
  const context = createTestContext();
  const node = loaders[role];
  const { model } = await node.run({}, node.params.parse(options), context);
  return { model: model as Model, logs: context.logs };
}

async function outputsOf(model: Model): Promise<Record<string, Float32Array>> {
  const { channels, forward } = networkOf(model);
  const inputs = { image: [1, channels, side, side] };
  const image = Float32Array.from(
    { length: channels * side * side },
    (_, i) => ((i * 37) % 101) / 101,
  );
  const predictor = await createPredictor({ inputs, forward, weights: model.weights, threads: 1 });
  const outputs = await predictor.predict({ image });
  await predictor.dispose();
  return outputs;
}

describe.each(['safetensors', 'onnx'])('%s', (format) => {
  test.each(Object.keys(models))('[C110] %s', async (name) => {
    const model = models[name]!;
    const back = await read(model.role, { file: await exportTo(model, format) });

    expect({ ...back.model, weights: null }).toEqual({ ...model, weights: null });
    expect(back.model.weights).toEqual(model.weights);
    expect(back.logs).toEqual([]);
    expect(await outputsOf(back.model)).toEqual(await outputsOf(model));
  });
});

test('[C110] an encoder without a head comes back as one', async () => {
  const model = modelOf('classifier', resnet, 0);
  const { model: back } = await read('classifier', { file: await exportTo(model, 'safetensors') });

  expect(back).toEqual(model);
});

test('[C110] what parameters set stands above what the file says, and the log says so', async () => {
  const model = models['deeplab on resnet']!;
  const file = await exportTo(model, 'safetensors');
  const options = { size: 32, classes: ['a', 'b'], rates: [4, 5, 6], normalization: 'chexpert' };
  const changed = await read('segmenter', { file, ...options, thresholds: [0.25, 0.75] });

  expect(changed.model).toMatchObject({
    ...{ inputSize: [32, 32], classes: ['a', 'b'], thresholds: [0.25, 0.75] },
    normalization: { mean: 0.502, std: 0.085585 },
    architecture: { rates: [4, 5, 6] },
  });
  expect(changed.logs.map((line) => line.split(' ')[0])).toEqual([
    ...['classes', 'inputSize', 'normalization', 'architecture'],
  ]);
  await expect(read('segmenter', { file, classes: ['a'] })).rejects.toThrow(
    'expected 2 names, got 1',
  );
  await expect(read('classifier', { file })).rejects.toThrow(
    'expected a classifier, got a segmenter',
  );
});
