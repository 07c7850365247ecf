import type { NodeType, SavedState } from '@radiograph/graph';
import type { Model, Table } from '@radiograph/kinds';
import { createTestContext, paintSquares } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { deepLabTrain } from '../segment/deeplab-train.ts';
import { denseNetTrain } from './densenet-train.ts';

const painted = paintSquares(10, 32);
const held = paintSquares(4, 32, 2);
// 10 images in batches of 4: the last batch of an epoch is shorter and has a trainer of its own.
const shared = { epochs: 2, batchSize: 4, channels: 1, learningRate: 0.01, mean: 0.35, std: 0.25 };

type Case = { readonly node: NodeType; readonly params: object; readonly inputs: object };

const cases: Readonly<Record<string, Case>> = {
  'densenet-train': {
    node: denseNetTrain,
    params: { ...shared, blocks: [1, 1], growth: 4, initialFeatures: 8, dropRate: 0.2 },
    inputs: {
      images: painted.images,
      labels: {
        ...painted.labels,
        ids: [...painted.labels.ids, 'h0', 'h1', 'h2', 'h3'],
        values: [...painted.labels.values, ...held.labels.values],
      },
      validationImages: { ...held.images, ids: ['h0', 'h1', 'h2', 'h3'] },
    },
  },
  'deeplab-train': {
    node: deepLabTrain,
    params: { ...shared, width: 4, decoderChannels: 8, rates: [1, 1, 2], loss: 'dice+bce' },
    inputs: {
      supervision: {
        strong: { images: painted.images, masks: painted.masks },
        weak: null,
        mixing: { type: 'concatenate' },
      },
      validationImages: held.images,
      validationMasks: held.masks,
    },
  },
};

async function train({ node, params, inputs }: Case, resumeFrom?: SavedState) {
  const context = createTestContext({ threads: 2 }, resumeFrom);
  const outputs = await node.run(inputs, node.params.parse(params), context);
  return { ...(outputs as { model: Model; history: Table }), saved: context.saved };
}

/** As a checkpoint file gives it back. */
const reread = ({ json, arrays }: SavedState): SavedState => ({
  json: JSON.parse(JSON.stringify(json)),
  arrays: new Map([...arrays].map(([name, array]) => [name, structuredClone(array)])),
});

describe('a training that was killed', () => {
  test.each(Object.keys(cases))(
    '[C60] %s goes on in the middle of an epoch, or between two, and ends with the same bits',
    async (name) => {
      const whole = await train(cases[name]!);
      expect(whole.saved).toHaveLength(6);
      for (const at of [2, 4]) {
        const resumed = await train(cases[name]!, reread(whole.saved[at]!));

        expect(resumed.saved, `after batch ${at + 1}`).toHaveLength(5 - at);
        expect(resumed.model).toEqual(whole.model);
        expect(resumed.history).toEqual(whole.history);
      }
    },
  );
});
