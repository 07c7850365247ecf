import type { Labels, Model, Saliency, Table } from '@radiograph/kinds';
import { constant, createPredictor } from '@radiograph/tensor';
import { createTestContext, paintSquares } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { gradCam } from '../cam/grad-cam.ts';
import { threeClassCrossEntropy } from '../losses/losses.ts';
import { membersOf } from '../models/ensemble.ts';
import { classifyEnsemble } from '../predict/classify.ts';
import { classify } from '../predict/classify-node.ts';
import { ensemble } from '../predict/ensemble-node.ts';
import { readTargets } from './class-targets.ts';
import { denseNetTrain } from './densenet-train.ts';

const labels: Labels = {
  ids: ['a', 'b'],
  classes: ['x', 'y'],
  values: [
    [1, -1],
    [-1, null],
  ],
};

describe('label policies', () => {
  test('[C85] U-MultiClass has three targets per finding: uncertain, negative, positive', () => {
    const targets = readTargets(
      labels,
      ['x', 'y'],
      { uncertain: 'U-MultiClass', blank: 'ignore' },
      { allowEmpty: true },
    );

    expect(targets.logits).toBe(3);
    expect([...targets.values]).toEqual([0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0]);
    expect([...targets.weights]).toEqual([1, 1, 1, 0]);
    expect([targets.at(0, 0), targets.at(0, 1)]).toEqual([1, null]);
  });

  test('[C85] U-SelfTrained takes the teacher’s probability, and findings may differ', () => {
    const policy = {
      uncertain: 'U-Zeros',
      blank: 'zero',
      findings: { y: 'U-SelfTrained' },
    } as const;
    const teacher = Float32Array.of(0.1, 0.25, 0.1, 0.75);
    const targets = readTargets(labels, ['x', 'y'], policy, { allowEmpty: true, teacher });

    expect([...targets.values]).toEqual([1, 0.25, 0, 0]);
    expect([...targets.weights]).toEqual([1, 1, 1, 1]);
  });

  test('[C85] three-class cross entropy is -log softmax of the labeled class, averaged over what is labeled', async () => {
    const logits = Float32Array.of(1, 2, 3, 1000, 0, 0);
    const predictor = await createPredictor({
      inputs: { logits: [1, 2, 3] },
      forward: ({ logits: z }) => ({
        both: threeClassCrossEntropy(z!, {
          target: constant(Float32Array.of(0, 0, 1, 1, 0, 0), [1, 2, 3]),
          weight: constant(Float32Array.of(1, 1), [1, 2]),
        }),
        one: threeClassCrossEntropy(z!, {
          target: constant(Float32Array.of(0, 1, 0, 0, 1, 0), [1, 2, 3]),
          weight: constant(Float32Array.of(1, 0), [1, 2]),
        }),
      }),
      weights: new Map(),
    });
    const { both, one } = await predictor.predict({ logits });
    await predictor.dispose();
    const partition = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3));
    expect(both![0]).toBeCloseTo((partition - 3) / 2, 5);
    expect(one![0]).toBeCloseTo(partition - 2, 5);
  });
});

const painted = paintSquares(8, 32);
const tiny = {
  blocks: [1, 1],
  growth: 4,
  initialFeatures: 8,
  channels: 1,
  batchSize: 4,
  learningRate: 0.01,
  mean: 0.35,
  std: 0.25,
};

async function train(
  options: Record<string, unknown>,
  inputs: Record<string, unknown> = {},
  values = painted.labels.values,
) {
  const params = denseNetTrain.params.parse({ ...tiny, epochs: 1, ...options });
  const result = await denseNetTrain.run(
    { images: painted.images, labels: { ...painted.labels, values }, ...inputs },
    params,
    createTestContext({ threads: 2 }),
  );
  return result as { model: Model; history: Table };
}

describe('densenet-train', () => {
  test('[C86] keeps the best epochs as an ensemble, whose maps and probabilities are the mean of its members', async () => {
    const { model } = await train({ epochs: 3, keep: 2 });
    const members = membersOf(model);
    expect([model.architecture.family, members.length]).toEqual(['ensemble', 2]);
    const last = (await train({ epochs: 3 })).model;
    expect(members[0]).toEqual(last); // without validation the last epoch is the best

    const explain = async (one: Model) =>
      (
        await gradCam.run(
          { model: one, images: painted.images },
          gradCam.params.parse({}),
          createTestContext(),
        )
      ).saliency as Saliency;
    const [whole, first, second] = [
      await explain(model),
      await explain(members[0]!),
      await explain(members[1]!),
    ];
    for (const key of ['values', 'probabilities'] as const)
      for (const [i, value] of whole[key].entries())
        expect(value).toBeCloseTo((first[key][i]! + second[key][i]!) / 2, 6);
    const mean = await classifyEnsemble(model, painted.images, { threads: 1 });
    for (const [i, value] of mean.entries()) expect(value).toBeCloseTo(whole.probabilities[i]!, 5);

    const joined = await ensemble.run(
      {
        models: [
          { label: 'a', value: model },
          { label: 'b', value: last },
        ],
      },
      {},
      createTestContext(),
    );
    expect(membersOf(joined.model as Model)).toEqual([...members, last]);
    const other = { ...last, classes: ['circle'] };
    await expect(
      ensemble.run(
        {
          models: [
            { label: 'a', value: last },
            { label: 'b', value: other },
          ],
        },
        {},
        createTestContext(),
      ),
    ).rejects.toThrow('expected models that agree');
  });

  test('[C87] begins with a start model: its architecture, input scale, and head', async () => {
    const { model: start } = await train({ epochs: 1 });
    const scaled = { ...start, normalization: { mean: 0.4, std: 0.3 } };

    const { model } = await train(
      { blocks: [6, 12, 24, 16], learningRate: 1e-12 },
      { start: scaled },
    );
    expect([model.architecture, model.normalization]).toEqual([
      start.architecture,
      scaled.normalization,
    ]);
    for (const name of ['features.conv0.weight', 'classifier.weight'])
      for (const [i, value] of model.weights.get(name)!.data.entries())
        expect(value).toBeCloseTo(start.weights.get(name)!.data[i]!, 6);
  });

  test('[C85] U-MultiClass and U-SelfTrained train, and come out with one logit per finding', async () => {
    const values = painted.labels.values.map(([value], i) => [i < 2 ? (-1 as const) : value!]);
    const { model: teacher } = await train({ uncertainPolicy: 'U-Ignore' }, {}, values);
    const { model } = await train({ uncertainPolicy: 'U-MultiClass' }, {}, values);
    const self = await train({ uncertainPolicy: 'U-SelfTrained' }, { teacher }, values);

    for (const trained of [model, self.model])
      expect(trained.weights.get('classifier.weight')!.shape).toEqual(
        teacher.weights.get('classifier.weight')!.shape,
      );
    expect(self.model).not.toEqual(teacher);
    const needs = denseNetTrain.requires(
      new Set(),
      denseNetTrain.params.parse({ findingPolicies: { x: 'U-SelfTrained' } }),
    );
    expect(needs).toBe('expected a wire into teacher, whose probabilities U-SelfTrained takes');
    await expect(train({ findingPolicies: { heart: 'U-Ones' } })).rejects.toThrow(
      'findingPolicies: expected one of square, got heart',
    );
    await expect(
      train({ uncertainPolicy: 'U-MultiClass', findingPolicies: { square: 'U-Ones' } }),
    ).rejects.toThrow('expected none with U-MultiClass');
    await expect(
      train({ uncertainPolicy: 'U-SelfTrained' }, { teacher: { ...teacher, classes: ['x'] } }),
    ).rejects.toThrow('teacher: expected a model of square, got one of x');
  });
});

test('[C88] classify scores by image or by study, the largest probability of its views counting', async () => {
  const { model } = await train({});
  const ids = painted.images.ids.map(
    (_, i) => `patient${Math.floor(i / 2)}_study1_view${(i % 2) + 1}_frontal`,
  );
  const images = { ...painted.images, ids };
  const known = { ...painted.labels, ids };
  const run = async (level: string, inputs: Record<string, unknown>) =>
    (await classify.run(
      { model, images, ...inputs },
      classify.params.parse({ level }),
      createTestContext(),
    )) as { probabilities: Table; scores: Table };

  const byImage = await run('image', { labels: known });
  const byStudy = await run('study', { labels: known });
  expect(byStudy.probabilities.rows).toHaveLength(4);
  const [one, two] = byImage.probabilities.rows.slice(0, 2).map(([, value]) => Number(value));
  expect(byStudy.probabilities.rows[0]).toEqual(['patient0_study1', Math.max(one!, two!)]);
  expect(byImage.scores.rows[0]!.slice(2)).toEqual([4, 4]);
  expect(byStudy.scores.rows).toEqual([
    ['square', null, 4, 0],
    ['mean', null, null, null],
  ]);
  expect((await run('image', {})).scores.rows).toEqual([]);
});
