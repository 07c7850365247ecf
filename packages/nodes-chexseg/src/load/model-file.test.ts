import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NodeType } from '@radiograph/graph';
import type { Model, WeightTensor } from '@radiograph/kinds';
import {
  createPredictor,
  declareWeights,
  type Forward,
  initializeWeights,
  type NamedTensors,
  writeSafetensors,
} from '@radiograph/tensor';
import { createTemporaryFolder, createTestContext } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { readDeepLab, readDenseNet } from '../models/architecture.ts';
import { deepLab } from '../models/deeplab.ts';
import { denseNetFeatures, denseNetHead } from '../models/densenet.ts';
import { resNetFeatures } from '../models/resnet.ts';
import { findings, labelTasks } from '../phantom/finding.ts';
import { modelFile, segmenterFile } from './model-file.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

async function load(node: NodeType, options: Record<string, unknown>) {
  const context = createTestContext();
  const params = node.params.parse({ size: 32, ...options });
  const { model } = (await node.run({}, params, context)) as { model: Model };
  return { model, logs: context.logs };
}

/** Writes weights as safetensors and loads them. */
async function loadWeights(
  node: NodeType,
  weights: NamedTensors,
  options: Record<string, unknown> = {},
) {
  const file = join(createTemporaryFolder(), 'weights.safetensors');
  writeFileSync(file, writeSafetensors(weights));
  return load(node, { file, ...options });
}
const renamed = (weights: NamedTensors, rename: (name: string) => string): NamedTensors =>
  new Map([...weights].map(([name, weight]) => [rename(name), weight]));

/** Written by fixtures/make-models.py with PyTorch: a Lightning checkpoint of a small DenseNet, and its logits. */
const checkpoint = join(fixtures, 'tiny-densenet.ckpt');
const { logits } = JSON.parse(readFileSync(join(fixtures, 'tiny-densenet.json'), 'utf8')) as {
  logits: number[];
};
const image = Float32Array.from({ length: 3 * 32 * 32 }, (_, i) => ((i * 37) % 101) / 101 - 0.5);

async function forward(model: Model): Promise<Float32Array> {
  const config = readDenseNet(model);
  const predictor = await createPredictor({
    inputs: { image: [1, 3, 32, 32] },
    forward: ({ image: x }, scope) => ({
      logits: denseNetHead(scope, denseNetFeatures(scope, x!, config), model.classes.length),
    }),
    weights: model.weights,
  });
  const { logits: ours } = await predictor.predict({ image });
  await predictor.dispose();
  return ours!;
}

describe('chexseg.model-file', () => {
  test('[C76] a checkpoint of PyTorch Lightning gives the logits that PyTorch gives', async () => {
    const { model, logs } = await load(modelFile, { file: checkpoint });

    expect(model).toMatchObject({
      role: 'classifier',
      classes: labelTasks,
      inputSize: [32, 32],
      thresholds: null,
    });
    expect(model.normalization).toEqual({
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    });
    expect(readDenseNet(model)).toMatchObject({
      blocks: [2, 1],
      growth: 4,
      initialFeatures: 8,
      bottleneck: 4,
      dropRate: 0,
      channels: 3,
    });
    expect(logs).toEqual([]);
    for (const [i, value] of (await forward(model)).entries())
      expect(value).toBeCloseTo(logits[i]!, 5);
  });

  test('[C76] old names and a DataParallel wrapper give the same network', async () => {
    const { model } = await load(modelFile, { file: checkpoint });
    const old = renamed(
      model.weights,
      (name) => `module.${name.replace(/(denselayer\d+\.(?:norm|conv))/, '$1.')}`,
    );
    expect([...old.keys()]).toContain('module.features.denseblock1.denselayer1.norm.1.weight');

    expect((await loadWeights(modelFile, old)).model).toEqual(model);
  });

  test('[C77] a MoCo file is an encoder: its query encoder, without the projection head', async () => {
    const { model } = await load(modelFile, { file: checkpoint });
    const encoder = [...model.weights].filter(([name]) => name.startsWith('features.'));
    const moco = new Map([
      ...renamed(new Map(encoder), (name) => `module.encoder_q.${name}`),
      ...renamed(new Map(encoder), (name) => `module.encoder_k.${name}`),
      ['module.encoder_q.classifier.0.weight', { shape: [2], data: new Float32Array(2) }],
      ['module.queue', { shape: [4], data: new Float32Array(4) }],
    ] as [string, WeightTensor][]);

    const loaded = (await loadWeights(modelFile, moco, { normalization: 'chexpert' })).model;
    expect(loaded.classes).toEqual([]);
    expect([...loaded.weights.keys()].sort()).toEqual(encoder.map(([name]) => name).sort());
    expect(loaded.normalization).toEqual({ mean: 0.502, std: 0.085585 });
  });

  test('[C77] a ResNet of ImageNet is an encoder', async () => {
    const config = { depth: 18, width: 8 } as const;
    const weights = initializeWeights(
      ({ image: x }, scope) => ({ y: resNetFeatures(scope, x!, config).high }),
      { image: [1, 3, 32, 32] },
      3,
    );
    const withHead = new Map(weights).set('fc.weight', {
      shape: [1000, 64],
      data: new Float32Array(64_000),
    });

    const { model, logs } = await loadWeights(modelFile, withHead);
    expect(model.architecture).toEqual({ family: 'resnet', depth: 18, width: 8, channels: 3 });
    expect([...model.weights.keys()].sort()).toEqual([...weights.keys()].sort());
    expect(logs).toEqual(['1 tensors of the file are not used: fc.weight']);
  });

  test('[C112] a network is found under any name, with a head of any name; two of them are refused', async () => {
    const { model } = await load(modelFile, { file: checkpoint });
    const under = (prefix: string, head: string) =>
      renamed(model.weights, (name) => `${prefix}${name.replace('classifier.', head)}`);
    for (const [prefix, head] of [
      ['net.', 'classifier.'],
      ['a.b_2.module.encoder._orig_mod.', 'classifier.0.'],
      ['', 'head.fc.1.'],
    ] as const)
      expect((await loadWeights(modelFile, under(prefix, head))).model, prefix).toEqual(model);

    const apart = renamed(model.weights, (name) =>
      name.startsWith('features.') ? `backbone.${name}` : `head.${name.split('.')[1]}`,
    );
    expect((await loadWeights(modelFile, apart)).model).toEqual(model);
    const two = new Map([...under('student.', 'classifier.'), ...under('teacher.', 'classifier.')]);
    await expect(loadWeights(modelFile, two)).rejects.toThrow(
      'expected one network, got 2, under "student." and "teacher."',
    );
  });

  test('[C79] a missing weight is told with the nearest that the file has', async () => {
    const { model } = await load(modelFile, { file: checkpoint });
    const changed = renamed(model.weights, (name) => name.replace('norm0.bias', 'norm0.bais'));

    await expect(loadWeights(modelFile, changed)).rejects.toThrow(
      'features.norm0.bias: expected 8, got nothing (nearest of that shape in the file: features.norm0.bais)',
    );
  });

  test('[C78] three logits per finding fold into one with the same probabilities', async () => {
    const { model } = await load(modelFile, { file: checkpoint });
    const triple = (name: string) => {
      const { shape, data } = model.weights.get(name)!;
      const width = data.length / 14;
      // uncertain: anything; negative and positive: a part each, so that positive - negative is the old row
      const rows = Float32Array.from({ length: 3 * data.length }, (_, i) => {
        const [k, part] = [Math.floor(i / (3 * width)), Math.floor(i / width) % 3];
        return [9, 0.25, 1.25][part]! * data[k * width + (i % width)]!;
      });
      return { shape: [42, ...shape.slice(1)], data: rows };
    };
    const weights = new Map(model.weights);
    for (const name of ['classifier.weight', 'classifier.bias']) weights.set(name, triple(name));

    const folded = (await loadWeights(modelFile, weights)).model;
    expect(folded.classes).toEqual(labelTasks);
    for (const [i, value] of (await forward(folded)).entries())
      expect(value).toBeCloseTo(logits[i]!, 5);
  });

  test('[C77] one channel means torchxrayvision: its scale, its classes, its operating points', async () => {
    const config = {
      blocks: [1, 1],
      growth: 4,
      initialFeatures: 8,
      bottleneck: 2,
      dropRate: 0,
      channels: 1,
    };
    const weights = initializeWeights(
      ({ image: x }, scope) => ({
        y: denseNetHead(scope, denseNetFeatures(scope, x!, config), 18),
      }),
      { image: [1, 1, 32, 32] },
      3,
    );
    const points = Float32Array.from({ length: 18 }, (_, i) => (i === 2 ? Number.NaN : 0.25));

    const { model } = await loadWeights(
      modelFile,
      new Map(weights).set('op_threshs', { shape: [18], data: points }),
    );
    const { mean, std } = model.normalization as { mean: number; std: number };
    expect([0, 0.5, 1].map((x) => (x - mean) / std)).toEqual([-1024, 0, 1024]);
    expect(model.classes.slice(0, 4)).toEqual([
      'Atelectasis',
      'Consolidation',
      'Infiltration',
      'Pneumothorax',
    ]);
    expect(model.thresholds!.slice(0, 4)).toEqual([0.25, 0.25, 0.5, 0.25]);
  });

  test('[C79] a file that would call anything is refused by name, and nothing runs', async () => {
    const folder = createTemporaryFolder();
    const owned = join(folder, 'owned');
    const programs = {
      'os.system': `cos\nsystem\n(S'touch ${owned}'\ntR.`,
      'builtins.eval': `cbuiltins\neval\n(S'open("${owned}", "w")'\ntR.`,
      'torch.load': `ctorch\nload\n(S'${owned}'\ntR.`,
      'torchxrayvision.models.DenseNet': 'ctorchxrayvision.models\nDenseNet\n)\x81}b.',
    };
    for (const [name, program] of Object.entries(programs)) {
      const file = join(folder, 'evil.pth');
      writeFileSync(file, Buffer.from(program, 'latin1'));
      await expect(load(modelFile, { file })).rejects.toThrow(
        `got a call of ${name}: refused, nothing was run`,
      );
    }
    expect(existsSync(owned)).toBe(false);
  });

  test('[C79] missing and misshaped weights, other networks and other numbers of outputs are named', async () => {
    const { model } = await load(modelFile, { file: checkpoint });
    const without = new Map(model.weights);
    without.delete('features.norm0.bias');
    without.set('features.norm5.weight', { shape: [3], data: new Float32Array(3) });
    await expect(loadWeights(modelFile, without)).rejects.toThrow(
      /features\.norm0\.bias: expected 8, got nothing[\s\S]*features\.norm5\.weight: expected 12, got 3/,
    );
    await expect(load(modelFile, { file: checkpoint, classes: ['a', 'b'] })).rejects.toThrow(
      'expected 2 outputs, or three times as many, for classes, got 14 outputs',
    );
    const other = new Map([['attention.weight', { shape: [1], data: new Float32Array(1) }]]);
    await expect(loadWeights(modelFile, other)).rejects.toThrow(
      'expected the weights of a DenseNet',
    );
    await expect(loadWeights(segmenterFile, model.weights)).rejects.toThrow(
      'expected the weights of a DeepLabv3+',
    );
    await expect(load(modelFile, { file: 'nothing.pth' })).rejects.toThrow(
      'expected a file of weights',
    );
    await expect(load(modelFile, { file: join(fixtures, 'otsu.json') })).rejects.toThrow(
      'expected a file .safetensors',
    );
  });
});

test('[C76] the output stride of a segmenter is that of its checkpoint, else 16, which is said', async () => {
  const network = {
    depth: 18,
    width: 8,
    rates: [12, 24, 36],
    decoderChannels: 32,
    channels: 3,
  } as const;
  const weights = initializeWeights(
    ({ image: x }, scope) => ({ y: deepLab(scope, x!, { ...network, classes: 10 }) }),
    { image: [1, 3, 32, 32] },
    3,
  );
  const file = join(createTemporaryFolder(), 'weights.safetensors');
  const read = async (metadata: Record<string, string>, options = {}) => {
    writeFileSync(file, writeSafetensors(weights, metadata));
    const { model, logs } = await load(segmenterFile, { file, ...options });
    return [readDeepLab(model).outputStride, readDeepLab(model).rates, logs.length];
  };

  expect(await read({})).toEqual([undefined, [12, 24, 36], 1]);
  expect(await read({}, { outputStride: '8' })).toEqual([8, [12, 24, 36], 0]);
  expect(await read({ encoder_output_stride: '8', decoder_atrous_rates: '(6, 12, 18)' })).toEqual([
    8,
    [6, 12, 18],
    0,
  ]);
  await expect(read({ encoder_output_stride: '32' })).rejects.toThrow(
    'expected an output stride of 8 or 16, got 32',
  );
});

test('[C76] chexseg.segmenter-file loads a DeepLabv3+ with its thresholds', async () => {
  const config = {
    depth: 18,
    width: 8,
    rates: [12, 24, 36],
    decoderChannels: 32,
    channels: 3,
    classes: 10,
  } as const;
  const network: Forward = ({ image: x }, scope) => ({ y: deepLab(scope, x!, config) });
  const weights = initializeWeights(network, { image: [1, 3, 32, 32] }, 3);

  const { model } = await loadWeights(
    segmenterFile,
    renamed(weights, (name) => `model.${name}`),
    {
      thresholds: findings.map((_, k) => k / 10),
    },
  );
  expect(model).toMatchObject({ role: 'segmenter', classes: findings, inputSize: [32, 32] });
  expect(model.thresholds![3]).toBe(0.3);
  expect(readDeepLab(model)).toMatchObject(config);
  expect(new Set(model.weights.keys())).toEqual(
    new Set(declareWeights(network, { image: [1, 3, 32, 32] }).keys()),
  );
});
