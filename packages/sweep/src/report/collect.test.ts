import { defineNode, parseDocument, port } from '@radiograph/graph';
import { encodeRle, identityFrame, type Masks, type Predictions } from '@radiograph/kinds';
import { openStore } from '@radiograph/runtime';
import { createTemporaryFolder } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { collectExtras } from './collect.ts';
import { drawFigures } from './report-figures.ts';

const params = z.strictObject({});
const train = defineNode({
  type: 'test.train',
  version: 1,
  title: 'Train',
  manual: 'Makes everything that a report shows.',
  inputs: {},
  outputs: {
    losses: port('table', 'loss by epoch'),
    predictions: port('predictions', 'probabilities'),
    masks: port('masks', 'the truth'),
    figure: port('figure', 'a picture'),
  },
  params,
  run: () => Promise.reject(new Error('internal: never run')),
});
const measure = defineNode({
  type: 'test.measure',
  version: 1,
  title: 'Measure',
  manual: 'Scores predictions.',
  inputs: { predictions: port('predictions', 'probabilities'), masks: port('masks', 'the truth') },
  outputs: { scores: port('scores', 'IoU') },
  params,
  run: () => Promise.reject(new Error('internal: never run')),
});
const packages = [{ name: 'test', sourceFolders: [], nodeTypes: [train, measure] }];

const document = parseDocument(
  JSON.stringify({
    format: 'radiograph/1',
    name: 'extras',
    nodes: {
      train: { type: 'test.train', version: 1 },
      measure: { type: 'test.measure', version: 1 },
    },
    edges: [
      { from: 'train.predictions', to: 'measure.predictions' },
      { from: 'train.masks', to: 'measure.masks' },
    ],
  }),
);
const predictions = (probability: number): Predictions => ({
  ids: ['a'],
  classes: ['Edema', 'Fracture'],
  size: [1, 2],
  frames: [identityFrame],
  thresholds: [0.5, 0.5],
  probabilities: Float32Array.of(probability, 0, 0, probability),
});
const masks: Masks = {
  ids: ['a'],
  classes: ['Edema', 'Fracture'],
  source: 'expert',
  sizes: [[1, 2]],
  frames: [identityFrame],
  counts: [[encodeRle(Uint8Array.of(1, 1), 1, 2), encodeRle(Uint8Array.of(0, 1), 1, 2)]],
};

test('[W30] losses, threshold curves and figures are found by the kind of their ports', async () => {
  const home = createTemporaryFolder();
  const store = openStore(home);
  const truth = await store.put('masks', masks);
  const memberOf = async (arm: string, seed: number, probability: number) => {
    const rows = [1, 2].map((epoch) => [epoch, probability / epoch]);
    const losses = await store.put('table', { title: 'l', columns: ['epoch', 'loss'], rows });
    const predicted = await store.put('predictions', predictions(probability));
    const png = Uint8Array.of(seed);
    const figure = await store.put('figure', { caption: arm, width: 1, height: 1, png });
    return {
      ...{ arm, seed, document },
      outputs: { train: { losses, predictions: predicted, masks: truth, figure } },
    };
  };
  const members = [
    await memberOf('weak', 1, 0.3),
    await memberOf('weak', 2, 0.5),
    await memberOf('full', 1, 0.9),
  ];
  const arms = ['weak', 'full'].map((name) => ({ name, seeds: [] }));
  const experiment = { measure: 'measure.scores', members, arms, readers: undefined, changes: [] };
  const extras = await collectExtras(experiment, { home, packages });

  expect(extras.losses).toMatchObject([
    { nodeId: 'train', curves: [{ arm: 'weak' }, { arm: 'weak' }, { arm: 'full', seed: 1 }] },
  ]);
  expect(extras.losses[0]!.curves[2]!.points).toEqual([
    { epoch: 1, loss: 0.9 },
    { epoch: 2, loss: 0.45 },
  ]);
  expect(extras.montages.map(({ arm, seed }) => [arm, seed])).toEqual([
    ['weak', 1],
    ['full', 1],
  ]);
  expect(extras.thresholds.map(({ arm, curves }) => [arm, curves.length])).toEqual([
    ['weak', 2],
    ['full', 1],
  ]);
  // At 0.1 half of Edema is found and all of Fracture.
  const [edema, fracture] = extras.thresholds[1]!.curves[0]!.classes;
  expect([edema!.iou[4], fracture!.iou[4]]).toEqual([0.5, 1]);

  const comparison = {
    classes: ['Edema', 'Fracture'],
    seeds: [1],
    leftOut: { classes: [], seeds: [], images: 0 },
    replicates: 10,
    arms: [],
    pairs: [],
    images: [],
  };
  const figures = drawFigures({ comparison, extras, values: new Map() });
  expect(figures.map(({ name }) => name)).toEqual([
    ...['miou', 'classes', 'thresholds', 'precision-recall'],
    ...['thresholds-by-class', 'loss-train'],
  ]);
});
