import {
  type FrameTransform,
  fitLetterbox,
  type Images,
  letterboxTransform,
  type Model,
  type Saliency,
  sampleLists,
  type Table,
} from '@radiograph/kinds';
import { createTestContext, paintSquares } from '@radiograph/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { membersOf } from '../models/ensemble.ts';
import { auroc } from '../train/auroc.ts';
import { denseNetTrain } from '../train/densenet-train.ts';
import { gradCam } from './grad-cam.ts';

const painted = paintSquares(24, 32);
const held = paintSquares(10, 32, 9);
const tiny = {
  blocks: [2, 2],
  growth: 6,
  initialFeatures: 8,
  channels: 1,
  batchSize: 6,
  learningRate: 0.01,
  mean: 0.35,
  std: 0.25,
};

async function train(options: Record<string, unknown>, labels = painted.labels) {
  const all = { ...labels, ids: [...labels.ids] };
  const params = denseNetTrain.params.parse({ ...tiny, ...options });
  const context = createTestContext({ threads: 2 });
  const result = await denseNetTrain.run(
    { images: painted.images, labels: all, validationImages: undefined },
    params,
    context,
  );
  return { ...(result as { model: Model; history: Table }), logs: context.logs };
}

let model: Model;
beforeAll(async () => {
  model = (await train({ epochs: 8 })).model;
});

async function explain(options: Record<string, unknown>, images = held.images): Promise<Saliency> {
  const { saliency } = await gradCam.run(
    { model, images },
    gradCam.params.parse(options),
    createTestContext(),
  );
  return saliency as Saliency;
}

describe('densenet-train', () => {
  test('[C13] learns to tell images with a square from those without', async () => {
    const { probabilities } = await explain({});

    expect(
      auroc(
        probabilities,
        held.labels.values.map(([value]) => value as 0 | 1),
      ),
    ).toBeGreaterThan(0.9);
  });

  test('[C11] the same seed gives the same weights', async () => {
    expect((await train({ epochs: 1 })).model.weights).toEqual(
      (await train({ epochs: 1 })).model.weights,
    );
  });

  test('[C94] validates within epochs, too, and keeps the best of all', async () => {
    const params = denseNetTrain.params.parse({ ...tiny, epochs: 1, validateSteps: 2, keep: 2 });
    const { model: ensemble, history } = (await denseNetTrain.run(
      { images: painted.images, labels: painted.labels, validationImages: painted.images },
      params,
      createTestContext({ threads: 2 }),
    )) as { model: Model; history: Table };

    expect(history.rows.map(([epoch]) => epoch)).toEqual([0.5, 1]);
    expect(membersOf(ensemble)).toHaveLength(2);
  });

  test('a finding without a label is an error, one with only positives a line in the log', async () => {
    const blank = { ...painted.labels, values: painted.labels.values.map(() => [null]) };
    await expect(train({ blankPolicy: 'ignore' }, blank)).rejects.toThrow(
      'expected a label for every class, got none for square',
    );
    const { logs } = await train(
      { epochs: 1 },
      { ...painted.labels, values: painted.labels.values.map(() => [1 as const]) },
    );
    expect(logs).toContain('square: 24 positive and 0 negative labels: nothing to tell apart');
  });

  test('a loss that is not finite names the step', async () => {
    await expect(train({ epochs: 1, mean: 1e38, std: 1e-30 })).rejects.toThrow(/loss: .*step 1/);
  });
});

describe('grad-cam', () => {
  test.each(['logit', 'probability'])(
    '[C14] the closed form equals reverse mode for the %s',
    async (score) => {
      const closed = await explain({ score, method: 'closed-form' });
      const differentiated = await explain({ score, method: 'autodiff' });

      const largest = Math.max(...closed.values);
      expect(largest).toBeGreaterThan(0);
      for (const [i, value] of closed.values.entries())
        expect(Math.abs(value - differentiated.values[i]!) / largest).toBeLessThan(1e-5);
    },
  );

  test('[C15] maps of an earlier layer have its grid, and are never negative', async () => {
    const early = await explain({ layer: 'denseblock1' });

    expect([early.grid, (await explain({})).grid]).toEqual([
      [8, 8],
      [4, 4],
    ]);
    expect(Math.min(...early.values)).toBe(0);
    expect(Math.max(...early.values)).toBeGreaterThan(0);
  });

  test('the batch size changes no map, and images come in their order', async () => {
    const [one, three] = [await explain({ batchSize: 1 }), await explain({ batchSize: 3 })];

    expect(three.ids).toEqual(held.images.ids);
    for (const [i, value] of one.values.entries()) expect(three.values[i]).toBeCloseTo(value, 5);
  });

  test('[C90] maps of the center crop lie where the crop lay; stretched over the whole radiograph on request', async () => {
    const wide: Images = {
      ...held.images,
      originalSizes: held.images.ids.map(() => [40, 80]),
      frames: held.images.ids.map(() =>
        letterboxTransform([40, 80], fitLetterbox([40, 80], [32, 32])),
      ),
    };
    const places = async (view: string) => {
      const { frames, values } = await explain({ view }, wide);
      const [{ scaleX, scaleY, offsetX, offsetY }] = frames as [FrameTransform];
      return {
        values,
        corners: [offsetX, offsetY, 32 * scaleX + offsetX, 32 * scaleY + offsetY],
      };
    };

    const [frame, crop, stretched] = [
      await places('frame'),
      await places('center-crop'),
      await places('center-crop-stretched'),
    ];
    expect(frame.corners.map((side) => side + 0)).toEqual([0, -20, 80, 60]);
    expect(crop.corners).toEqual([20, 0, 60, 40]);
    expect(stretched.corners).toEqual([0, 0, 80, 40]);
    expect(stretched.values).toEqual(crop.values);
    expect(crop.values).not.toEqual(frame.values);
  });

  test('[C91] smoothing averages the maps, or their squares, of noisy copies that are the same for every batch size', async () => {
    const { values, probabilities } = await explain({});
    const still = await explain({ smoothing: 'smoothgrad-squared', samples: 2, noise: 0 });
    for (const [i, value] of still.values.entries()) expect(value).toBeCloseTo(values[i]! ** 2, 5);

    const [noisy, again] = [
      await explain({ smoothing: 'smoothgrad', samples: 3 }),
      await explain({ smoothing: 'smoothgrad', samples: 3, batchSize: 3 }),
    ];
    expect(noisy.probabilities).toEqual(probabilities);
    expect(noisy.values).not.toEqual(values);
    for (const [i, value] of noisy.values.entries()) expect(again.values[i]).toBeCloseTo(value, 4);
  });

  test('[C130] maps computed in shards are those of one piece, to the bit, noise too', async () => {
    const noisy = { smoothing: 'smoothgrad', samples: 2, batchSize: 4 };
    const { slice } = sampleLists.images;
    const parts = [
      await explain(noisy, slice(held.images, [0, 4])),
      await explain(noisy, slice(held.images, [4, 10])),
    ];

    expect(sampleLists.saliency.join(parts)).toEqual(await explain(noisy));
  });

  test('names what it expected', async () => {
    await expect(explain({ layer: 'denseblock5' })).rejects.toThrow(
      'layer: expected denseblock1, denseblock2, norm5, got denseblock5',
    );
    await expect(explain({ layer: 'denseblock1', method: 'closed-form' })).rejects.toThrow(
      'the closed form holds for norm5 only',
    );
    await expect(explain({ classes: ['circle'] })).rejects.toThrow(
      'classes: expected one of square, got circle',
    );
    await expect(explain({}, paintSquares(2, 64).images)).rejects.toThrow(
      "expected frames of 32x32, the model's, got 64x64",
    );
  });
});
