import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  decodeRle,
  type ExportedFile,
  encodeRle,
  fitLetterbox,
  type Images,
  identityFrame,
  letterboxTransform,
  type Masks,
  type Model,
  type Predictions,
  rleArea,
} from '@radiograph/kinds';
import {
  createPredictor,
  type Forward,
  initializeWeights,
  readSafetensors,
} from '@radiograph/tensor';
import { createTemporaryFolder, createTestContext, paintSquares } from '@radiograph/testing';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { packInputs } from '../batches/batches.ts';
import { parseAnnotations } from '../chexlocalize/annotations.ts';
import { parseSegmentations } from '../chexlocalize/segmentations.ts';
import { modelFile } from '../load/model-file.ts';
import { deepLab } from '../models/deeplab.ts';
import { denseNetFeatures, denseNetHead } from '../models/densenet.ts';
import { joinModels } from '../models/ensemble.ts';
import { irnet } from '../models/irnet.ts';
import { findings } from '../phantom/finding.ts';
import { classifyEnsemble } from '../predict/classify.ts';
import { segmentImages } from '../segment/predict.ts';
import { exportMasks } from './export-masks.ts';
import { exportModel } from './export-model.ts';

const original = [20, 40] as const;
const size = [16, 16] as const;
const frame = letterboxTransform(original, fitLetterbox(original, size));
const images: Images = {
  ids: ['a'],
  patientIds: ['a'],
  originalSizes: [original],
  frames: [frame],
  height: 16,
  width: 16,
  bitDepth: 8,
  rows: [0],
  pixels: new Uint8Array(256),
};
/** The right half of the radiograph is 0.9, the rest and the letterbox's padding 0.1. */
const predictions: Predictions = {
  ids: ['a'],
  classes: ['Edema', 'nodule'],
  size,
  frames: [frame],
  thresholds: [0.5, 0.9],
  probabilities: Float32Array.from({ length: 512 }, (_, i) => {
    const [x, y] = [i % 16, Math.floor((i % 256) / 16)];
    return x >= 8 && y >= 4 && y < 12 ? 0.9 : 0.1;
  }),
};

async function run(inputs: Record<string, unknown>, options: Record<string, unknown> = {}) {
  const params = exportMasks.params.parse(options);
  const all = { images, predictions: undefined, masks: undefined, ...inputs };
  const { file, masks } = await exportMasks.run(all, params, createTestContext());
  return {
    file: file as ExportedFile,
    text: new TextDecoder().decode((file as ExportedFile).bytes),
    masks: masks as Masks,
  };
}

describe('chexseg.export-masks', () => {
  test('[C81] probabilities are thresholded at the original size, strictly above; all findings are listed', async () => {
    const { file, text, masks } = await run({ predictions });

    expect([file.extension, masks.source, masks.sizes]).toEqual([
      '.json',
      'prediction',
      [original],
    ]);
    const { size: written, counts } = parseSegmentationsOf(text);
    expect([written, Object.keys(counts)]).toEqual([original, [...findings, 'nodule']]);
    const mask = decodeRle(counts.Edema!.counts, ...original);
    const right = Array.from({ length: 800 }, (_, i) => (i % 40 >= 20 ? 1 : 0));
    expect([...mask]).toEqual(right);
    expect([rleArea(counts.nodule!.counts), rleArea(counts.Cardiomegaly!.counts)]).toEqual([0, 0]);
    const only = JSON.parse((await run({ predictions }, { complete: false })).text) as Record<
      string,
      object
    >;
    expect(Object.keys(only.a!)).toEqual(['Edema', 'nodule']);
  });

  test('[C81] masks of a frame are brought back to the original pixels; polygons say the same', async () => {
    const inFrame = predictions.probabilities.subarray(0, 256).map((p) => (p > 0.5 ? 1 : 0));
    const masks: Masks = {
      ids: ['b', 'a'],
      classes: ['Edema', 'Pneumothorax'],
      source: 'pseudo',
      sizes: [size, size],
      frames: [identityFrame, frame],
      counts: [
        [null, null],
        [encodeRle(Uint8Array.from(inFrame), 16, 16), null],
      ],
    };

    const lengths = parseSegmentations((await run({ masks })).text, 'file').get('a')!;
    const polygons = await run({ masks }, { format: 'annotations' });
    const drawn = parseAnnotations(polygons.text, 'file').get('a')!;
    expect(rleArea(lengths.counts.get('Edema')!)).toBe(400);
    expect(lengths.counts.size).toBe(10);
    expect([...drawn.counts]).toEqual([['Edema', lengths.counts.get('Edema')]]);
  });

  test('an image without a size and wires into both or neither are errors', async () => {
    await expect(run({ predictions: { ...predictions, ids: ['z'] } })).rejects.toThrow(
      'images: expected every predicted image, got none for z',
    );
    for (const wired of [['images'], ['images', 'masks', 'predictions']])
      expect(exportMasks.requires(new Set(wired), {})).toBe(
        'expected a wire into either predictions or masks',
      );
  });
});

function parseSegmentationsOf(text: string) {
  const file = JSON.parse(text) as Record<
    string,
    Record<string, { size: [number, number]; counts: string }>
  >;
  const masks = file.a!;
  return { size: masks.Edema!.size, counts: masks };
}

const config = {
  blocks: [1, 2],
  growth: 4,
  initialFeatures: 8,
  bottleneck: 4,
  dropRate: 0,
  channels: 3,
};
const classifierOf = (seed: number): Model => ({
  role: 'classifier',
  architecture: { family: 'densenet', ...config },
  classes: ['Edema', 'Fracture'],
  inputSize: [32, 32],
  normalization: { mean: 0.502, std: 0.085585 },
  thresholds: null,
  weights: initializeWeights(
    ({ image }, scope) => ({
      y: denseNetHead(scope, denseNetFeatures(scope, image!, config), 2),
    }),
    { image: [1, 3, 32, 32] },
    seed,
  ),
});

async function exportAs(model: Model, options: Record<string, unknown>): Promise<ExportedFile> {
  const params = exportModel.params.parse(options);
  return (await exportModel.run({ model }, params, createTestContext())).file as ExportedFile;
}

describe('[C92] an ONNX file gives the model’s own numbers in ONNX Runtime', () => {
  const painted = paintSquares(4, 32).images;
  /** What the file gives for normalized inputs. */
  async function runFile(model: Model): Promise<Float32Array> {
    const file = await exportAs(model, { format: 'onnx', batchSize: 4 });
    expect(file.extension).toBe('.onnx');
    const session = await InferenceSession.create(file.bytes);
    expect(session.outputNames).toEqual(['probability']);
    const data = packInputs(painted, [0, 1, 2, 3], { channels: 3, ...model.normalization });
    const { probability } = await session.run({
      image: new Tensor('float32', data, [4, 3, 32, 32]),
    });
    return probability!.data as Float32Array;
  }
  const expectClose = (values: Float32Array, expected: Float32Array) => {
    expect(values.length).toBe(expected.length);
    for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 5);
  };

  test('a classifier and an ensemble of classifiers', async () => {
    for (const model of [classifierOf(5), joinModels([classifierOf(5), classifierOf(6)])])
      expectClose(await runFile(model), await classifyEnsemble(model, painted, { threads: 1 }));
  });

  test('a segmenter', async () => {
    const network = {
      depth: 18,
      width: 4,
      rates: [1, 2, 3],
      decoderChannels: 8,
      channels: 3,
      classes: 2,
    } as const;
    const model: Model = {
      ...classifierOf(5),
      role: 'segmenter',
      architecture: { family: 'deeplabv3plus-resnet', ...network },
      weights: initializeWeights(
        ({ image }, scope) => ({ y: deepLab(scope, image!, network) }),
        { image: [1, 3, 32, 32] },
        7,
      ),
    };
    const expected = new Float32Array(4 * 2 * 1024);
    const onImage = (i: number, values: Float32Array) => expected.set(values, i * 2048);
    const task = { model, weights: model.weights, images: painted, batchSize: 4, onImage };
    await segmentImages(task, { threads: 1 });
    expectClose(await runFile(model), expected);
  });

  test('a boundary network, with its two outputs', async () => {
    const backbone = { family: 'densenet', ...config } as const;
    const forward: Forward = ({ image }, scope) => ({ ...irnet(scope, image!, { backbone }) });
    const inputs = { image: [4, 3, 32, 32] };
    const weights = initializeWeights(forward, inputs, 8);
    const model: Model = {
      ...classifierOf(5),
      role: 'boundary',
      architecture: { family: 'irnet', backbone },
      weights,
    };
    const image = packInputs(painted, [0, 1, 2, 3], { channels: 3, ...model.normalization });
    const predictor = await createPredictor({ inputs, forward, weights, threads: 1 });
    const expected = await predictor.predict({ image });
    await predictor.dispose();

    const file = await exportAs(model, { format: 'onnx', batchSize: 4 });
    const session = await InferenceSession.create(file.bytes);
    const outputs = await session.run({ image: new Tensor('float32', image, inputs.image) });
    expect([...session.outputNames].sort()).toEqual(['displacement', 'edge']);
    expect(outputs.edge!.dims).toEqual([4, 1, 8, 8]);
    expect(outputs.displacement!.dims).toEqual([4, 2, 8, 8]);
    for (const name of ['edge', 'displacement'] as const)
      expectClose(outputs[name]!.data as Float32Array, expected[name]!);
  });

  test('an encoder alone is refused', async () => {
    await expect(exportAs({ ...classifierOf(5), classes: [] }, { format: 'onnx' })).rejects.toThrow(
      'model: expected a classifier with a head, got an encoder alone',
    );
  });
});

test('[C82] a model goes out as safetensors under torchvision’s names and comes back the same', async () => {
  const model = classifierOf(5);
  const file = await exportAs(model, {});
  const { tensors, metadata } = readSafetensors(file.bytes);
  expect([...tensors.keys()]).toContain('features.denseblock1.denselayer1.norm1.running_mean');
  expect(metadata).toMatchObject({
    format: 'pt',
    classes: '["Edema","Fracture"]',
    normalization: '{"mean":0.502,"std":0.085585}',
  });

  const path = join(createTemporaryFolder(), `model${file.extension}`);
  writeFileSync(path, file.bytes);
  const params = modelFile.params.parse({
    file: path,
    classes: model.classes,
    size: 32,
    normalization: 'chexpert',
  });
  expect((await modelFile.run({}, params, createTestContext())).model).toEqual(model);
});
