import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Model } from '@radiograph/graph';
import { createPredictor, type Forward } from '@radiograph/tensor';
import { createTestContext } from '@radiograph/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modelFile, segmenterFile } from '../load/model-file.ts';
import { readDeepLab, readDenseNet } from './architecture.ts';
import { deepLab } from './deeplab.ts';
import { denseNetFeatures, denseNetHead } from './densenet.ts';

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
  readonly node: typeof modelFile;
  readonly forward: (model: Model) => Forward;
};
const cases: Readonly<Record<string, Case>> = {
  'DenseNet-121': {
    file: 'densenet121',
    node: modelFile,
    forward:
      (model) =>
      ({ image: x }, scope) => {
        const features = denseNetFeatures(scope, x!, readDenseNet(model));
        return { logits: denseNetHead(scope, features, model.classes.length) };
      },
  },
  'DeepLabv3+ on ResNet-18': {
    file: 'deeplab-resnet18',
    node: segmenterFile,
    forward:
      (model) =>
      ({ image: x }, scope) => ({ logits: deepLab(scope, x!, readDeepLab(model)) }),
  },
};

describe.skipIf(!findTorch())('forward pass on weights of torch.save', () => {
  const folder = mkdtempSync(join(tmpdir(), 'radiograph-forward-'));
  beforeAll(() => {
    execFileSync(python, [script, folder, ...Object.values(cases).map(({ file }) => file)]);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(Object.keys(cases))('[C80] %s gives PyTorch’s outputs to 1e-4', async (name) => {
    const { file, node, forward } = cases[name]!;
    const params = node.params.parse({ file: join(folder, `${file}.pth`), size: side });
    const { model } = (await node.run({}, params, createTestContext())) as { model: Model };
    const predictor = await createPredictor({
      inputs: { image: [1, 3, side, side] },
      forward: forward(model),
      weights: model.weights,
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
