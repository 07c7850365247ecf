import type { Model, Saliency, Table } from '@radiograph/kinds';
import { initializeWeights } from '@radiograph/tensor';
import { createTestContext, paintSquares } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { networkOf } from '../models/network.ts';
import { classify } from '../predict/classify-node.ts';
import { gradCam } from './grad-cam.ts';

const side = 64;
const { images } = paintSquares(3, side);
const bare: Model = {
  role: 'classifier',
  architecture: { family: 'resnet', depth: 18, width: 4, channels: 1 },
  classes: ['square', 'other'],
  inputSize: [side, side],
  normalization: { mean: 0.35, std: 0.25 },
  thresholds: null,
  weights: new Map(),
};
const model: Model = {
  ...bare,
  weights: initializeWeights(networkOf(bare).forward, { image: [1, 1, side, side] }, 5),
};

async function explain(options: Record<string, unknown>): Promise<Saliency> {
  const params = gradCam.params.parse(options);
  return (await gradCam.run({ model, images }, params, createTestContext())).saliency as Saliency;
}

test('[C111] a ResNet classifies, and its maps are those of layer4 unless another layer is named', async () => {
  const saliency = await explain({});
  const params = classify.params.parse({});
  const { probabilities } = await classify.run(
    { model, images, labels: undefined },
    params,
    createTestContext(),
  );

  expect(saliency.grid).toEqual([2, 2]);
  expect((await explain({ layer: 'layer1' })).grid).toEqual([16, 16]);
  expect((probabilities as Table).rows.map((row) => row.slice(1))).toEqual(
    [0, 1, 2].map((i) => [...saliency.probabilities.subarray(2 * i, 2 * i + 2)]),
  );
  await expect(explain({ layer: 'denseblock1' })).rejects.toThrow(
    'layer: expected layer1, layer2, layer3, layer4, got denseblock1',
  );
});

test('[C111] the closed form of a ResNet is what reverse mode gives', async () => {
  for (const score of ['logit', 'probability']) {
    const [closed, differentiated] = [
      await explain({ score, method: 'closed-form' }),
      await explain({ score, method: 'autodiff' }),
    ];
    const largest = Math.max(...closed.values);
    expect(largest).toBeGreaterThan(0);
    for (const [i, value] of closed.values.entries())
      expect(Math.abs(value - differentiated.values[i]!)).toBeLessThan(1e-5 * largest);
  }
});
