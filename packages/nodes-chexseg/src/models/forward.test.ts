import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWeights } from '@radiograph/formats';
import type { NodeType } from '@radiograph/graph';
import type { Model } from '@radiograph/kinds';
import { createPredictor, type Forward } from '@radiograph/tensor';
import { createTestContext } from '@radiograph/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modelFile, segmenterFile } from '../load/model-file.ts';
import { readBackbone, readDeepLab } from './architecture.ts';
import { classifierFeatures, classifierHead } from './classifier.ts';
import { deepLab } from './deeplab.ts';
import { irnet } from './irnet.ts';

const python = '/usr/bin/python3'; // Debian's, which has python3-torch where a parity with PyTorch can be measured
const script = fileURLToPath(new URL('../../../../bench/peers/forward.py', import.meta.url));

function findTorch(): boolean {
  try {
    execFileSync(python, ['-c', 'import torch, torchvision'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write(
      `skipped: ${python} has no torch and torchvision (apt install python3-torchvision)\n`,
    );
    return false;
  }
}

const side = 64;
const image = Float32Array.from(
  { length: 3 * side * side },
  (_, i) => ((i * 37) % 101) / 101 - 0.5,
);

type Case = {
  readonly file: string;
  /** The network and its weights as they come from the file. */
  readonly load: (
    path: string,
  ) => Promise<{ readonly forward: Forward; readonly weights: Model['weights'] }>;
};

async function loadModel(node: NodeType, file: string): Promise<Model> {
  const params = node.params.parse({ file, size: side });
  return (await node.run({}, params, createTestContext())).model as Model;
}

/** A classifier of torchvision, from its state_dict or from PyTorch's own ONNX export. */
const classifier = (file: string): Case => ({
  file,
  async load(path) {
    const model = await loadModel(modelFile, path);
    const config = readBackbone(model);
    expect(model.classes).toHaveLength(14);
    const forward: Forward = ({ image: x }, scope) => {
      const features = classifierFeatures(scope, x!, config);
      return { logits: classifierHead(scope, features, config, model.classes.length) };
    };
    return { forward, weights: model.weights };
  },
});

const cases: Readonly<Record<string, Case>> = {
  'DenseNet-121': classifier('densenet121'),
  'ResNet-18': classifier('resnet18'),
  'ResNeXt-50': classifier('resnext50'),
  'a small DenseNet from ONNX, normalization folded': classifier('small-densenet.onnx'),
  'ResNet-18 from ONNX, normalization folded': classifier('resnet18.onnx'),
  'DeepLabv3+ from ONNX, normalization folded': {
    file: 'deeplab-resnet18.onnx',
    async load(path) {
      const model = await loadModel(segmenterFile, path);
      const config = readDeepLab(model);
      return {
        forward: ({ image: x }, scope) => ({ logits: deepLab(scope, x!, config) }),
        weights: model.weights,
      };
    },
  },
  'DeepLabv3+ on ResNet-18': {
    file: 'deeplab-resnet18',
    async load(path) {
      const model = await loadModel(segmenterFile, path);
      const config = readDeepLab(model);
      return {
        forward: ({ image: x }, scope) => ({ logits: deepLab(scope, x!, config) }),
        weights: model.weights,
      };
    },
  },
  'IRNet on ResNet-50': {
    file: 'irnet-resnet50',
    async load(path) {
      const backbone = { family: 'resnet', depth: 50, width: 64, channels: 3 } as const;
      return {
        forward: ({ image: x }, scope) => ({ ...irnet(scope, x!, { backbone }) }),
        weights: readWeights(readFileSync(path), path).weights,
      };
    },
  },
};

describe.skipIf(!findTorch())('forward pass on weights of torch.save', () => {
  const folder = mkdtempSync(join(tmpdir(), 'radiograph-forward-'));
  beforeAll(() => {
    execFileSync(python, [script, folder, ...Object.values(cases).map(({ file }) => file)]);
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(Object.keys(cases))('[C80] %s gives PyTorch’s outputs to 1e-4', async (name) => {
    const { file, load } = cases[name]!;
    const predictor = await createPredictor({
      inputs: { image: [1, 3, side, side] },
      ...(await load(join(folder, file.endsWith('.onnx') ? file : `${file}.pth`))),
    });
    const ours = await predictor.predict({ image });
    await predictor.dispose();

    const theirs = JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8')) as Record<
      string,
      number[]
    >;
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
    for (const [output, values] of Object.entries(theirs)) {
      const largest = Math.max(...values.map(Math.abs));
      const difference = Math.max(...values.map((value, i) => Math.abs(value - ours[output]![i]!)));
      process.stdout.write(
        `${name} ${output}: off by ${difference.toExponential(1)} of ${largest}\n`,
      );
      expect(largest).toBeGreaterThan(0.01);
      expect(difference / Math.max(1, largest)).toBeLessThan(1e-4);
    }
  });
});
