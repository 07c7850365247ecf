import { describe, expect, test } from 'vitest';
import { WeightsError } from './errors.ts';
import { batchNorm, conv, dense, dropout } from './model/layers.ts';
import type { NamedTensors } from './model/weights.ts';
import { constant, relu } from './ops/elementwise.ts';
import { conv2d, globalAvgPool, normalizeChannels } from './ops/image.ts';
import { reshape } from './ops/layout.ts';
import { createPredictor, declareWeights, type Forward, initializeWeights } from './predict.ts';
import { distance, runProgram, seededValues, traceProgram } from './testing/trace.ts';

const inputs = { x: [2, 3, 6, 6] };
const forward: Forward = ({ x }, scope) => {
  const y = conv(scope.at('stem').at('conv'), x!, { channels: 4, size: 3 });
  const active = dropout(scope, relu(batchNorm(scope.at('stem').at('norm'), y)), 0.5);
  const pooled = reshape(globalAvgPool(active), [2, 4]);
  return { map: active, logits: dense(scope.at('head'), pooled, { features: 2 }) };
};

/** Initial weights with statistics as training leaves them. */
function trainedWeights(): NamedTensors {
  const weights = new Map(initializeWeights(forward, inputs, 5));
  const set = (name: string, center: number) => {
    const { shape } = weights.get(name)!;
    weights.set(name, { shape, data: seededValues(shape, name).map((v) => center + 0.5 * v) });
  };
  set('stem.norm.weight', 1);
  set('stem.norm.bias', 0);
  set('stem.norm.running_mean', 0.2);
  set('stem.norm.running_var', 1);
  return weights;
}

describe('predictors', () => {
  test('[I11] equal the network with its batch normalization unfolded, to 1e-4', async () => {
    const weights = trainedWeights();
    const x = seededValues(inputs.x, 'image');
    const predictor = await createPredictor({ inputs, forward, weights, threads: 1 });

    const { map } = await predictor.predict({ x });
    await predictor.dispose();

    const unfolded = traceProgram(inputs, (fed) => {
      const at = (name: string) => {
        const { shape, data } = weights.get(`stem.${name}`)!;
        return constant(data, shape);
      };
      const y = conv2d(fed.x!, at('conv.weight'), { padding: 1 });
      const statistics = { mean: at('norm.running_mean'), variance: at('norm.running_var') };
      const affine = { weight: at('norm.weight'), bias: at('norm.bias') };
      return { map: relu(normalizeChannels(y, { ...affine, ...statistics })) };
    });
    const expected = await runProgram(unfolded, { x });
    expect(predictor.program.nodes.map(({ op }) => op)).not.toContain('batchNorm');
    expect(distance(map!, expected.map!)).toBeLessThan(1e-4);
  });

  test('[I12] give the same numbers for the same input every time', async () => {
    const predictor = await createPredictor({ inputs, forward, weights: trainedWeights() });
    const x = seededValues(inputs.x, 'image');

    const first = await predictor.predict({ x });

    expect(await predictor.predict({ x })).toEqual(first);
    await predictor.dispose();
  });

  test('[I13] weights that do not fit are refused with every missing, misshaped and unknown name', async () => {
    const weights = new Map(trainedWeights());
    weights.delete('stem.conv.weight');
    weights.set('head.bias', { shape: [3], data: new Float32Array(3) });
    weights.set('head.scale', { shape: [], data: new Float32Array(1) });

    const creation = createPredictor({ inputs, forward, weights });

    await expect(creation).rejects.toThrow(WeightsError);
    await expect(creation).rejects.toThrow(
      [
        'stem.conv.weight: expected [4, 3, 3, 3], got nothing',
        'head.bias: expected [2], got [3]',
        'head.scale: expected no such tensor, got []',
      ].join('\n'),
    );
  });

  test('[I13] the message stops at 20 problems and counts them all', async () => {
    const weights = new Map(trainedWeights());
    for (let i = 0; i < 25; i++) weights.set(`extra${i}`, { shape: [], data: new Float32Array(1) });

    const creation = createPredictor({ inputs, forward, weights });

    await expect(creation).rejects.toThrow(/extra19: .*\n\.\.\. 25 problems in all$/);
    await expect(creation).rejects.toMatchObject({ problems: { length: 25 } });
  });
});

describe('declareWeights', () => {
  test('[I14] lists parameters and buffers under PyTorch names in order of use', () => {
    expect([...declareWeights(forward, inputs)]).toEqual([
      ['stem.conv.weight', [4, 3, 3, 3]],
      ['stem.norm.weight', [4]],
      ['stem.norm.bias', [4]],
      ['stem.norm.running_mean', [4]],
      ['stem.norm.running_var', [4]],
      ['head.weight', [2, 4]],
      ['head.bias', [2]],
    ]);
  });

  test('[I14] a name asked for twice is one weight', () => {
    const twice: Forward = ({ x }, scope) => ({
      a: conv(scope, x!, { channels: 2, size: 1 }),
      b: conv(scope, x!, { channels: 2, size: 1 }),
    });

    expect(declareWeights(twice, inputs).size).toBe(1);
  });
});
