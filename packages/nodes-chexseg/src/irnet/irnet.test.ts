import {
  decodeRle,
  type Images,
  type Masks,
  type Model,
  rleArea,
  type Saliency,
  sampleLists,
  type Table,
} from '@radiograph/kinds';
import { declareWeights, type Forward, initializeWeights } from '@radiograph/tensor';
import { createTestContext, paintSquares } from '@radiograph/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { denseNetFeatures } from '../models/densenet.ts';
import { type BackboneConfig, irnet } from '../models/irnet.ts';
import { resNetStages } from '../models/resnet.ts';
import { irLabels } from './ir-labels.ts';
import { irnetMasks } from './irnet-masks.ts';
import { irnetTrain } from './irnet-train.ts';

const size = 64;
const { images, masks } = paintSquares(6, size);
const resnet: BackboneConfig = { family: 'resnet', depth: 18, width: 8, channels: 1 };
const densenet: BackboneConfig = {
  family: 'densenet',
  blocks: [1, 1, 1],
  growth: 4,
  initialFeatures: 8,
  bottleneck: 2,
  dropRate: 0,
  channels: 1,
};

function backboneOf(config: BackboneConfig): Model {
  const forward: Forward = ({ image }, scope) => ({
    features:
      config.family === 'resnet'
        ? resNetStages(scope, image!, config, 'plain').at(-1)!
        : denseNetFeatures(scope, image!, config),
  });
  return {
    role: 'classifier',
    architecture: config,
    classes: ['square'],
    inputSize: [size, size],
    normalization: { mean: 0.4, std: 0.25 },
    thresholds: null,
    weights: initializeWeights(forward, { image: [1, 1, size, size] }, 3),
  };
}

/** Maps that know roughly where the squares are: the masks' own grid of 8 x 8 means. */
const saliency: Saliency = {
  ids: images.ids,
  classes: ['square'],
  grid: [8, 8],
  frame: [size, size],
  frames: images.frames,
  probabilities: Float32Array.from(images.ids, (_, i) => (i % 2 === 0 ? 0.9 : 0.1)),
  values: Float32Array.from(
    masks.counts.flatMap(([counts]) => {
      const mask = decodeRle(counts!, size, size);
      return Array.from({ length: 64 }, (_, cell) => {
        let sum = 0;
        for (let i = 0; i < 64; i++)
          sum += mask[(Math.floor(cell / 8) * 8 + (i >> 3)) * size + (cell % 8) * 8 + (i & 7)]!;
        return sum / 64;
      });
    }),
  ),
};

const base = { radius: 3, batchSize: 1, epochs: 8, learningRate: 0.05, minScale: 1, maxScale: 1 };

async function label(options: object = {}) {
  const parsed = irLabels.params.parse({ foregroundThreshold: 0.5, ...options });
  return (await irLabels.run(
    { images, saliency, labels: undefined },
    parsed,
    createTestContext(),
  )) as {
    foreground: Masks;
    background: Masks;
  };
}
async function train(backbone: Model, options: object = {}, context = createTestContext()) {
  const result = await irnetTrain.run(
    { backbone, images, ...(await label()) },
    irnetTrain.params.parse({ ...base, ...options }),
    context,
  );
  return result as { model: Model; history: Table };
}

describe('the network', () => {
  test('[C51] on a ResNet-50 has the parameters of the released one, under its names', () => {
    const config = { backbone: { family: 'resnet', depth: 50, width: 64, channels: 3 } } as const;
    const declared = declareWeights(({ image }, scope) => ({ ...irnet(scope, image!, config) }), {
      image: [1, 3, 320, 320],
    });
    const count = (prefix: string) =>
      [...declared]
        .filter(([name]) => name.startsWith(prefix) && !name.includes('running_'))
        .reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);

    expect([count('fc_edge'), count('fc_dp'), count('resnet50.')]).toEqual([
      125_409, 1_269_120, 23_508_032,
    ]);
    expect(declared.get('fc_edge5.0.weight')).toEqual([32, 2048, 1, 1]);
    expect(declared.get('fc_edge6.bias')).toEqual([1]);
    expect(declared.get('fc_dp7.0.weight')).toEqual([256, 448, 1, 1]);
    expect(declared.get('fc_dp7.3.weight')).toEqual([2, 256, 1, 1]);
    expect(declared.get('resnet50.layer4.0.downsample.0.weight')).toEqual([2048, 1024, 1, 1]);
  });
});

describe('irnet-train', () => {
  let trained: { model: Model; history: Table };
  beforeAll(async () => {
    trained = await train(backboneOf(densenet));
  }, 120_000);

  test('[C52] learns, and leaves every weight and statistic of the backbone as it was', () => {
    const losses = trained.history.rows.map(([, loss]) => loss as number);

    expect(Math.min(...losses)).toBeLessThan(losses[0]! * 0.8);
    for (const [name, { data }] of backboneOf(densenet).weights)
      expect(trained.model.weights.get(`densenet.${name}`)!.data, name).toEqual(data);
  });

  test('[C52] stands on a ResNet or a DenseNet', async () => {
    const { model } = await train(backboneOf(resnet), { epochs: 1, batchSize: 2 });

    expect(model.architecture).toEqual({ family: 'irnet', backbone: resnet });
    expect(model.weights.get('fc_edge6.weight')!.shape).toEqual([1, 160, 1, 1]);
    expect(trained.model.architecture).toEqual({ family: 'irnet', backbone: densenet });
    expect(trained.model.weights.get('fc_edge5.weight')!.shape).toEqual([1, 128, 1, 1]);
  });

  test('[C53] a training that was killed goes on and ends with the same bits', async () => {
    const whole = createTestContext();
    const { model } = await train(backboneOf(densenet), { epochs: 2, momentum: 0.5 }, whole);
    const resumed = createTestContext({}, whole.saved[2]);
    const again = await train(backboneOf(densenet), { epochs: 2, momentum: 0.5 }, resumed);

    expect(whole.saved.length).toBe(6);
    expect(again.model.weights).toEqual(model.weights);
  });

  test.each([
    { decayAsMomentum: true },
    { schedule: 'constant' },
    { cropPadding: 'background', maxScale: 1, minScale: 0.5 },
    { flip: 1 },
  ])('[C54] %o changes the training', async (fault) => {
    const options = { epochs: 1, minScale: 0.5, weightDecay: 0.01 };
    const plain = await train(backboneOf(densenet), options);
    const faulty = await train(backboneOf(densenet), { ...options, ...fault });

    expect(faulty.model.weights.get('fc_edge5.weight')).not.toEqual(
      plain.model.weights.get('fc_edge5.weight'),
    );
  });

  test('names what does not fit', async () => {
    await expect(train(backboneOf(resnet), { radius: 12 })).rejects.toThrow(
      'radius: expected a radius that fits into a map of 16x16 (a quarter of the frame), got 12',
    );
    const [first] = backboneOf(resnet).weights.keys();
    const weights = new Map([...backboneOf(resnet).weights].filter(([name]) => name !== first));
    await expect(train({ ...backboneOf(resnet), weights })).rejects.toThrow(
      `backbone: expected ${first} of 8x1x7x7, got no such weight`,
    );
  });

  describe('irnet-masks', () => {
    async function walk(options: object, maps = saliency) {
      const result = await irnetMasks.run(
        { model: trained.model, images, saliency: maps, labels: undefined },
        irnetMasks.params.parse(options),
        createTestContext(),
      );
      return result as { masks: Masks; scores: Saliency };
    }

    test('[C130] masks and walked maps computed in shards are those of one piece, to the bit', async () => {
      const run = (part: Images) =>
        irnetMasks.run(
          { model: trained.model, images: part, saliency, labels: undefined },
          irnetMasks.params.parse({ threshold: 0.3 }),
          createTestContext(),
        ) as Promise<{ masks: Masks; scores: Saliency }>;
      const { slice } = sampleLists.images;
      const parts = [await run(slice(images, [0, 2])), await run(slice(images, [2, 6]))];
      const whole = await run(images);

      expect(sampleLists.masks.join(parts.map((part) => part.masks))).toEqual(whole.masks);
      expect(sampleLists.saliency.join(parts.map((part) => part.scores))).toEqual(whole.scores);
    });

    test('[C55] spread saliency over what it is about, and keep the walked maps', async () => {
      const { masks: walked, scores } = await walk({ threshold: 0.3 });
      const truth = decodeRle(masks.counts[0]![0]!, size, size);
      const found = decodeRle(walked.counts[0]![0]!, size, size);
      const both = found.filter((value, i) => value === 1 && truth[i] === 1).length;
      const either = found.filter((value, i) => value === 1 || truth[i] === 1).length;

      expect(both / either).toBeGreaterThan(0.6);
      expect(scores.grid).toEqual([16, 16]);
      expect(scores.values.length).toBe(6 * 256);
      expect(walked.counts.map(([counts]) => rleArea(counts!) > 0)).toEqual([
        true,
        false,
        true,
        false,
        true,
        false,
      ]);
    });

    test('[C56] a map of nothing gives an empty mask, and `emptyMap` the whole image', async () => {
      const empty = (await walk({ gate: 'none' })).masks.counts[1]![0]!;
      const everything = (await walk({ gate: 'none', emptyMap: 'everything' })).masks
        .counts[1]![0]!;

      expect([rleArea(empty), rleArea(everything)]).toEqual([0, size * size]);
      expect((await walk({ absent: 'unknown' })).masks.counts[1]).toEqual([null]);
    });

    test('[C56] findings that compete share no pixel', async () => {
      const twice: Saliency = {
        ...saliency,
        classes: ['square', 'same'],
        values: Float32Array.from({ length: saliency.values.length * 2 }, (_, i) => {
          const [image, rest] = [Math.floor(i / 128), i % 64];
          return saliency.values[image * 64 + rest]! * (i % 128 < 64 ? 1 : 0.5);
        }),
        probabilities: Float32Array.from({ length: 12 }, () => 1),
      };
      const { masks: alone } = await walk({}, twice);
      const { masks: rivals } = await walk({ competition: 'strongest' }, twice);

      expect(alone.counts[0]![0]).toBe(alone.counts[0]![1]);
      expect(rivals.counts[0]![0]).toBe(alone.counts[0]![0]);
      expect(rleArea(rivals.counts[0]![1]!)).toBe(0);
    });
  });
});
