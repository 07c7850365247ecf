import { readFileSync } from 'node:fs';
import { fitLetterbox, resizeBytes } from '@radiograph/kinds';
import { createPredictor, resizeBilinear } from '@radiograph/tensor';
import { describe, expect, test } from 'vitest';
import { classAverageDice } from '../packages/nodes-chexseg/src/losses/losses.ts';

/** Reference numbers of the original programs that need more than one package, or a corner of a fixture that its own test leaves out. */
const read = (path: string) => JSON.parse(readFileSync(`packages/${path}.json`, 'utf8')) as unknown;

describe('resize.json', () => {
  const fixture = read('kinds/fixtures/resize') as {
    readonly src: number[][];
    readonly padded: number[][];
    readonly 'torch_bilinear_ac_true_x4_of_src[:3,:4]': number[][];
  };

  test('a corner-aligned resize on the engine equals PyTorch', async () => {
    const expected = fixture['torch_bilinear_ac_true_x4_of_src[:3,:4]'];
    const predictor = await createPredictor({
      inputs: { x: [1, 1, 3, 4] },
      forward: ({ x }) => ({
        y: resizeBilinear(x!, { height: 12, width: 16, alignCorners: true }),
      }),
      weights: new Map(),
    });
    const corner = fixture.src.slice(0, 3).flatMap((row) => row.slice(0, 4));
    const { y } = await predictor.predict({ x: Float32Array.from(corner) });
    await predictor.dispose();

    for (const [i, value] of expected.flat().entries()) expect(y![i]).toBeCloseTo(value, 3);
  });

  test('the letterbox lies where OpenCV’s padding puts it', () => {
    const [size, frame] = [[9, 14] as const, [10, 10] as const];
    const { top, left, height, width } = fitLetterbox(size, frame);
    const inner = resizeBytes({ data: fixture.src.flat(), size }, [height, width]);
    const placed = fixture.padded.map((row) => row.map(() => 0));
    for (const [i, value] of inner.entries())
      placed[top + Math.floor(i / width)]![left + (i % width)] = value;

    expect(placed).toEqual(fixture.padded);
  });
});

test('dice_iou.json: the class-averaged Dice loss is that of segmentation_models.pytorch', async () => {
  const { logits, target, loss } = read('statistics/fixtures/dice_iou') as {
    readonly logits: number[][][][];
    readonly target: number[][][][];
    readonly loss: number;
  };
  const shape = [
    logits.length,
    logits[0]!.length,
    logits[0]![0]!.length,
    logits[0]![0]![0]!.length,
  ];
  const predictor = await createPredictor({
    inputs: { logits: shape, target: shape, weight: shape },
    forward: ({ logits: z, target: y, weight }) => ({
      loss: classAverageDice(z!, { target: y!, weight: weight! }),
    }),
    weights: new Map(),
  });
  const count = shape.reduce((a, b) => a * b, 1);
  const ours = await predictor.predict({
    logits: Float32Array.from(logits.flat(3)),
    target: Float32Array.from(target.flat(3)),
    weight: new Float32Array(count).fill(1),
  });
  await predictor.dispose();

  expect(ours.loss![0]).toBeCloseTo(loss, 6);
});
