import {
  type Images,
  type Masks,
  type Model,
  type Predictions,
  rleArea,
  type Supervision,
  sampleLists,
  type Table,
} from '@radiograph/kinds';
import { createTestContext, type PaintedSet, paintSquares } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { deepLabPredict } from './deeplab-predict.ts';
import { deepLabTrain } from './deeplab-train.ts';

const tiny = {
  width: 4,
  decoderChannels: 16,
  channels: 1,
  rates: [1, 1, 2],
  loss: 'dice+bce',
  learningRate: 0.01,
  batchSize: 4,
  mean: 0.35,
  std: 0.25,
};
const painted = paintSquares(16, 32);
const held = paintSquares(8, 32, 2);

const supervise = ({ images, masks }: PaintedSet): Supervision => ({
  strong: { images, masks },
  weak: null,
  mixing: { type: 'concatenate' },
});

async function train(
  options: Record<string, unknown>,
  supervision = supervise(painted),
  validation: PaintedSet | null = held,
) {
  const inputs = {
    supervision,
    validationImages: validation?.images,
    validationMasks: validation?.masks,
  };
  const params = deepLabTrain.params.parse({ ...tiny, ...options });
  return (await deepLabTrain.run(inputs, params, createTestContext({ threads: 2 }))) as {
    model: Model;
    history: Table;
  };
}

describe('deeplab-train and deeplab-predict', () => {
  test('[C10] learn to segment squares and keep the best epoch with its thresholds', async () => {
    const { model, history } = await train({ epochs: 12 });
    const { predictions, masks } = (await deepLabPredict.run(
      { model, images: held.images },
      { batchSize: 3, thresholds: {} },
      createTestContext(),
    )) as { predictions: Predictions; masks: Masks };

    const means = history.rows.map((row) => row[2] as number);
    expect(Math.max(...means)).toBeGreaterThan(0.5);
    expect(model.thresholds).toHaveLength(1);
    expect(predictions.thresholds).toEqual(model.thresholds);
    const above = (i: number) =>
      predictions.probabilities
        .subarray(i * 1024, (i + 1) * 1024)
        .filter((p) => p > model.thresholds![0]!).length;
    expect(masks.counts.map(([rle]) => rleArea(rle!))).toEqual(
      held.images.ids.map((_, i) => above(i)),
    );
    expect(masks.source).toBe('prediction');
  });

  test('[C130] predictions computed in shards are those of one piece, to the bit', async () => {
    const { model } = await train({ epochs: 1 });
    const run = (images: Images) =>
      deepLabPredict.run(
        { model, images },
        { batchSize: 3, thresholds: {} },
        createTestContext(),
      ) as Promise<{
        predictions: Predictions;
        masks: Masks;
      }>;
    const { slice } = sampleLists.images;
    const parts = [
      await run(slice(held.images, [0, 3])),
      await run(slice(held.images, [3, held.images.ids.length])),
    ];
    const whole = await run(held.images);

    expect(sampleLists.masks.join(parts.map((part) => part.masks))).toEqual(whole.masks);
    expect(sampleLists.predictions.join(parts.map((part) => part.predictions))).toEqual(
      whole.predictions,
    );
  });

  test('[C93] thresholds of a prediction replace those of the model', async () => {
    const { model } = await train({ epochs: 1 });
    const predict = (thresholds: Record<string, number>) =>
      deepLabPredict.run(
        { model, images: held.images },
        deepLabPredict.params.parse({ thresholds }),
        createTestContext(),
      ) as Promise<{ predictions: Predictions; masks: Masks }>;

    const { predictions, masks } = await predict({ square: 0 });
    expect(predictions.thresholds).toEqual([0]);
    expect(masks.counts.map(([rle]) => rleArea(rle!))).toEqual(held.images.ids.map(() => 1024));
    await expect(predict({ circle: 0.5 })).rejects.toThrow(
      'thresholds: expected one of square, got circle',
    );
  });

  test('[C94] validateSteps validates within epochs and changes no step', async () => {
    const [often, seldom] = [
      await train({ epochs: 2, validateSteps: 3 }),
      await train({ epochs: 2 }),
    ];
    expect(often.history.rows.map(([epoch]) => epoch)).toEqual([0.75, 1, 1.5, 2]);
    const ends = [often, seldom].map(({ history }) =>
      history.rows.filter(([epoch]) => Number.isInteger(epoch)),
    );
    expect(ends[0]).toEqual(ends[1]);
  });

  test('[C11] the same seed gives the same weights', async () => {
    const runs = [await train({ epochs: 1 }), await train({ epochs: 1 })];

    expect(runs[0]!.model.weights).toEqual(runs[1]!.model.weights);
  });

  test('[C12] a class that nobody annotated gets no gradient: its head does not move', async () => {
    const counts = painted.masks.counts.map(([rle]) => [rle!, null]);
    const masks = { ...painted.masks, classes: ['square', 'unseen'], counts };
    const supervision = supervise({ ...painted, masks });
    const biasOf = async (epochs: number) =>
      (await train({ epochs }, supervision, null)).model.weights.get('segmentation_head.0.bias')!
        .data;
    const [one, three] = [await biasOf(1), await biasOf(3)];

    expect(three[1]).toBe(one[1]);
    expect(three[0]).not.toBe(one[0]);
  });

  test('a loss that is not finite names the step', async () => {
    await expect(train({ epochs: 1, mean: 1e38, std: 1e-30 })).rejects.toThrow(/loss: .*step 1/);
  });

  test('refuses what it cannot train on, before it starts', async () => {
    const one = paintSquares(1, 32);
    await expect(train({}, supervise(one))).rejects.toThrow(
      'supervision: expected at least two images, got 1',
    );
    await expect(train({}, supervise(paintSquares(4, 24)))).rejects.toThrow(
      /multiples of 16.*24x24/,
    );
    const mixed: Supervision = { ...supervise(painted), weak: paintSquares(4, 48) };
    await expect(train({}, mixed)).rejects.toThrow(
      'expected one frame for both sets, got 32x32 and 48x48',
    );
    await expect(train({ selectClasses: ['circle'] })).rejects.toThrow(
      'selectClasses: expected one of square, got circle',
    );
  });

  test('predicting refuses another frame than the model was trained at', async () => {
    const { model } = await train({ epochs: 1 }, supervise(painted), null);
    const other = paintSquares(2, 48).images;
    await expect(
      deepLabPredict.run(
        { model, images: other },
        { batchSize: 2, thresholds: {} },
        createTestContext(),
      ),
    ).rejects.toThrow('expected frames of 32x32');
  });
});
