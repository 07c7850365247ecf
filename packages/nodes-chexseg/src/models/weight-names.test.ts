import { readFileSync } from 'node:fs';
import { declareWeights, type Forward, type Shape } from '@radiograph/tensor';
import { describe, expect, test } from 'vitest';
import { type DeepLabConfig, deepLab } from './deeplab.ts';
import { denseNet121, denseNetFeatures, denseNetHead } from './densenet.ts';
import type { ResNetDepth } from './resnet.ts';

/** Names and shapes of torchvision's and the authors' networks, written by bench/peers/parity.py in this form. */
const { networks } = JSON.parse(
  readFileSync(new URL('../../fixtures/weight-shapes.json', import.meta.url), 'utf8'),
) as { networks: Record<string, Record<string, number[]>> };

const inputs = { image: [1, 3, 320, 320] };

const classifier: Forward = ({ image }, scope) => ({
  logits: denseNetHead(scope, denseNetFeatures(scope, image!, denseNet121), 1000),
});
const segmenterOf = (depth: ResNetDepth): DeepLabConfig => ({
  depth,
  width: 64,
  rates: [12, 24, 36],
  decoderChannels: 256,
  channels: 3,
  classes: 10,
});
const segmenter =
  (depth: ResNetDepth): Forward =>
  ({ image }, scope) => ({ logits: deepLab(scope, image!, segmenterOf(depth)) });

function countTrained(declared: ReadonlyMap<string, Shape>, prefix = ''): number {
  let total = 0;
  for (const [name, shape] of declared) {
    if (name.startsWith(prefix) && !name.includes('running_'))
      total += shape.reduce((a, b) => a * b, 1);
  }
  return total;
}

describe('weights have the names and shapes of PyTorch', () => {
  test('DenseNet-121 is torchvision.models.densenet121', () => {
    expect(Object.fromEntries(declareWeights(classifier, inputs))).toEqual(networks.densenet121);
  });

  test.each([18, 34, 50] as const)(
    'DeepLabv3+ on ResNet-%i is the one of segmentation_models.pytorch 0.1.2',
    (depth) => {
      const declared = declareWeights(segmenter(depth), inputs);

      expect(Object.fromEntries(declared)).toEqual(networks[`deeplab-resnet${depth}`]);
    },
  );
});

describe('parameter counts', () => {
  test('DenseNet-121 has 7,978,856 parameters, 6,953,856 of them without the classifier', () => {
    const declared = declareWeights(classifier, inputs);

    expect(countTrained(declared)).toBe(7_978_856);
    expect(countTrained(declared, 'features.')).toBe(6_953_856);
  });

  test('DeepLabv3+ on ResNet-18 with 10 classes has 12,331,610', () => {
    const declared = declareWeights(segmenter(18), inputs);

    expect(countTrained(declared, 'encoder.')).toBe(11_176_512);
    expect(countTrained(declared, 'decoder.')).toBe(1_152_528);
    expect(countTrained(declared, 'segmentation_head.')).toBe(2_570);
    expect(countTrained(declared)).toBe(12_331_610);
  });

  test('the decoder on ResNet-50 has 3,169,296', () => {
    expect(countTrained(declareWeights(segmenter(50), inputs), 'decoder.')).toBe(3_169_296);
  });
});

describe('dropout after the pyramid', () => {
  test('is 0.5 unless the configuration says otherwise, and gone at 0', () => {
    const ratesOf = (config: DeepLabConfig): number[] => {
      const rates: number[] = [];
      traceTraining(config, rates);
      return rates;
    };

    expect(ratesOf(segmenterOf(18))).toEqual([0.5]);
    expect(ratesOf({ ...segmenterOf(18), dropRate: 0.2 })).toEqual([0.2]);
    expect(ratesOf({ ...segmenterOf(18), dropRate: 0 })).toEqual([]);
  });
});

/** Traces the network as training does and notes every dropout mask that it asks for. */
function traceTraining(config: DeepLabConfig, rates: number[]): void {
  declareWeights(
    ({ image }, scope) => {
      const listen = (inner: typeof scope): typeof scope => ({
        ...inner,
        training: true,
        at: (name) => listen(inner.at(name)),
        update: () => undefined,
        dropoutMask: (shape, rate) => {
          rates.push(rate);
          return inner.param('mask', shape, { type: 'ones' });
        },
      });
      return { logits: deepLab(listen(scope), image!, config) };
    },
    { image: [2, 3, 64, 64] },
  );
}
