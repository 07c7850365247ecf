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
} from '@radiograph/graph';
import { initializeWeights, readSafetensors } from '@radiograph/tensor';
import { createTemporaryFolder, createTestContext } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { parseAnnotations } from '../chexlocalize/annotations.ts';
import { parseSegmentations } from '../chexlocalize/segmentations.ts';
import { modelFile } from '../load/model-file.ts';
import { denseNetFeatures, denseNetHead } from '../models/densenet.ts';
import { findings } from '../phantom/finding.ts';
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

test('[C82] a model goes out as safetensors under torchvision’s names and comes back the same', async () => {
  const config = {
    blocks: [1, 2],
    growth: 4,
    initialFeatures: 8,
    bottleneck: 4,
    dropRate: 0,
    channels: 3,
  };
  const model: Model = {
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
      5,
    ),
  };

  const { file } = (await exportModel.run({ model }, {}, createTestContext())) as {
    file: ExportedFile;
  };
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
