import { readFileSync } from 'node:fs';
import { createRandom } from '@radiograph/statistics';
import {
  createPredictor,
  createTrainer,
  gradients,
  type Scope,
  type Sym,
  sgd,
} from '@radiograph/tensor';
import { describe, expect, test } from 'vitest';
import { irnetLoss, irnetTerms, type PairWeightSyms } from './losses.ts';
import { type PairWeights, type PixelLabels, weighPairs } from './pair-labels.ts';
import { listSearchPaths, sourceWindow } from './path-index.ts';

// Made by AffinityDisplacementLoss of the released IRNet in PyTorch: method.md b.5.
const fixture = JSON.parse(
  readFileSync(new URL('./fixtures/irn_losses.json', import.meta.url), 'utf8'),
);
const [height, width]: [number, number] = fixture.size;
const radius: number = fixture.radius;
const edge = Float32Array.from(fixture.edge_logits.flat());
const displacement = Float32Array.from(fixture.displacement.flat(2));
const labels: number[] = fixture.ir_label.flat();

/** One class of a label map: 1 foreground, 0 background, 255 ignored; `bit` is the class. */
const labelClass = (map: readonly number[], bit = 0): PixelLabels => ({
  foreground: Uint16Array.from(map, (label) => (label === 1 ? 1 << bit : 0)),
  background: Uint16Array.from(map, (label) => (label === 0 ? 1 << bit : 0)),
});
const options = { size: [height, width], radius, classCount: 1, classWeighting: 'mean' } as const;
const window = sourceWindow([height, width], radius);
const pairShape = (batch: number) => [
  batch,
  listSearchPaths(radius).length,
  window.height,
  window.width,
];

async function evaluate(weights: PairWeights, batch = 1) {
  const shape = pairShape(batch);
  const predictor = await createPredictor({
    inputs: {
      edge: [batch, 1, height, width],
      displacement: [batch, 2, height, width],
      alike: shape,
      apart: shape,
      foregroundShift: shape,
      backgroundShift: shape,
    },
    forward: ({ edge, displacement, ...pairs }) => {
      const given = pairs as PairWeightSyms; // exactly the other inputs above
      const terms = irnetTerms({ edge: edge!, displacement: displacement! }, given, radius);
      const total = irnetLoss(terms);
      const [edgeGrad] = gradients(total, [edge!]) as [Sym];
      return { ...terms, total, edgeGrad };
    },
    weights: new Map(),
  });
  const repeat = (data: Float32Array) =>
    Float32Array.from({ length: data.length * batch }, (_, i) => data[i % data.length]!);
  const run = async (logits: Float32Array) =>
    predictor.predict({ edge: repeat(logits), displacement: repeat(displacement), ...weights });
  return { run, dispose: () => predictor.dispose() };
}

async function termsOf(weights: PairWeights, batch = 1) {
  const { run, dispose } = await evaluate(weights, batch);
  const result = await run(edge);
  await dispose();
  return Object.fromEntries(Object.entries(result).map(([name, values]) => [name, values[0]!]));
}

describe("IRNet's losses", () => {
  test('[C46] equal those of the released IRNet for one class', async () => {
    const terms = await termsOf(weighPairs([labelClass(labels)], options));
    const { bg_pos, fg_pos, neg, dp_fg, dp_bg, total_irn } = fixture.losses;

    expect(terms.alike).toBeCloseTo((bg_pos + fg_pos) / 2, 5);
    expect(terms.apart).toBeCloseTo(neg, 5);
    expect(terms.foregroundShift).toBeCloseTo(dp_fg, 5);
    expect(terms.backgroundShift).toBeCloseTo(dp_bg, 5);
    expect(terms.total).toBeCloseTo(total_irn, 5);
  });

  test('[C46] count background, foreground and unlike pairs, and no pair of an ignored pixel', () => {
    const { alike, apart, foregroundShift, backgroundShift } = weighPairs(
      [labelClass(labels)],
      options,
    );
    const count = (weights: Float32Array) => weights.filter((weight) => weight > 0).length;

    expect([backgroundShift, foregroundShift, apart].map(count)).toEqual(fixture.losses.counts);
    expect(count(alike)).toBe(count(backgroundShift) + count(foregroundShift));
  });

  test('[C46] the gradient follows the boundary logits', async () => {
    const { run, dispose } = await evaluate(weighPairs([labelClass(labels)], options));
    const { edgeGrad } = await run(edge);
    for (const pixel of [30, 55, 77, 100]) {
      const moved = (by: number) => edge.map((value, i) => (i === pixel ? value + by : value));
      const [above, below] = [await run(moved(0.01)), await run(moved(-0.01))];
      expect((above.total![0]! - below.total![0]!) / 0.02).toBeCloseTo(edgeGrad![pixel]!, 2);
    }
    await dispose();
  });

  test('[C47] classes are averaged, and a class without labels changes nothing', async () => {
    const mirrored = labels.map((_, i) => labels[i - (i % width) + width - 1 - (i % width)]!);
    const combine = (a: PixelLabels, b: PixelLabels): PixelLabels => ({
      foreground: a.foreground.map((bits, i) => bits | b.foreground[i]!),
      background: a.background.map((bits, i) => bits | b.background[i]!),
    });
    const alone = (map: readonly number[]) => termsOf(weighPairs([labelClass(map)], options));
    const [one, other] = [await alone(labels), await alone(mirrored)];
    const both = combine(labelClass(labels, 0), labelClass(mirrored, 2));
    const terms = await termsOf(weighPairs([both], { ...options, classCount: 3 }));

    for (const name of ['alike', 'apart', 'foregroundShift', 'backgroundShift'])
      expect(terms[name]).toBeCloseTo((one[name]! + other[name]!) / 2, 5);
    const accumulated = { ...options, classCount: 3, classWeighting: 'accumulated' } as const;
    const faulty = await termsOf(weighPairs([both], accumulated));
    expect(faulty.alike).toBeCloseTo(3 * one.alike! + 1 * other.alike!, 4);
    expect(faulty.apart).toBeCloseTo(one.apart! + other.apart!, 5);
  });

  test('[C47] pairs are normalized over the batch, not per image', async () => {
    const blank = labelClass(labels.map(() => 255));
    const [one, half] = [
      await termsOf(weighPairs([labelClass(labels)], options)),
      await termsOf(weighPairs([labelClass(labels), blank], options), 2),
    ];

    expect(half.total).toBeCloseTo(one.total!, 5);
  });

  test('[C46] descent finds the boundary between foreground and background', async () => {
    const square = labels.map((_, i) => {
      const [row, column] = [Math.floor(i / width), i % width];
      return row > 2 && row < 9 && column > 2 && column < 9 ? 1 : 0;
    });
    const shape = pairShape(1);
    const forward = (scope: Scope) => ({
      edge: scope.param('edge', [1, 1, height, width], { type: 'zeros' }),
      displacement: scope.param('displacement', [1, 2, height, width], { type: 'zeros' }),
    });
    const trainer = await createTrainer({
      inputs: { alike: shape, apart: shape, foregroundShift: shape, backgroundShift: shape },
      loss: (pairs, scope) => ({
        loss: irnetLoss(irnetTerms(forward(scope), pairs as PairWeightSyms, radius)), // its inputs
      }),
      optimizer: sgd({ momentum: 0.9 }),
      seed: 1,
    });
    const feeds = weighPairs([labelClass(square)], options);
    const losses: number[] = [];
    for (let step = 0; step < 150; step++)
      losses.push((await trainer.step(feeds, { learningRate: 1 })).loss);
    const trained = trainer.weights().get('edge')!.data;
    await trainer.dispose();

    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
    const at = (row: number, column: number) => trained[row * width + column]!;
    expect(Math.max(at(6, 2), at(6, 3))).toBeGreaterThan(0);
    expect(at(5, 5)).toBeLessThan(0);
  });
});

test('[C46] pairs that are weighed are those that a plain loop finds, for random labels of several classes', () => {
  for (let seed = 0; seed < 10; seed++) {
    const random = createRandom(seed, 'pairs');
    const [classCount, size] = [1 + random.integer(4), [7, 9] as const];
    const bits = () => Uint16Array.from({ length: 63 }, () => random.integer(2 ** classCount));
    const foreground = bits();
    const background = bits().map((value, i) => value & ~foreground[i]!);
    const weights = weighPairs([{ foreground, background }], {
      size,
      radius: 3,
      classCount,
      classWeighting: 'mean',
    });
    let index = 0;
    for (const { destination } of listSearchPaths(3)) {
      for (let y = 0; y < 5; y++) {
        for (let x = 2; x < 7; x++, index++) {
          const from = y * 9 + x;
          const to = from + destination[0] * 9 + destination[1];
          const both = foreground[from]! & foreground[to]!;
          expect(weights.foregroundShift[index]! > 0, `seed ${seed}`).toBe(both !== 0);
        }
      }
    }
    expect(index).toBe(weights.alike.length);
  }
});
