import { readFileSync } from 'node:fs';
import { constant, type Scope, type Sym } from '@radiograph/tensor';
import { compareParity, type ParityFixture, runParity } from '@radiograph/tensor/testing';
import { describe, expect, test } from 'vitest';
import { binaryCrossEntropy, classAverageDice } from '../losses/losses.ts';
import { type DeepLabConfig, deepLab } from './deeplab.ts';
import { type DenseNetConfig, denseNetFeatures, denseNetHead } from './densenet.ts';

/** JSON written by bench/peers/parity.py in this form. */
function readFixture(name: string): ParityFixture {
  const url = new URL(`../../fixtures/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as ParityFixture; // as the line above says
}

const narrowDenseNet: DenseNetConfig = {
  blocks: [2, 2],
  growth: 4,
  initialFeatures: 8,
  bottleneck: 4,
  dropRate: 0,
  channels: 3,
};
const narrowDeepLab: DeepLabConfig = {
  depth: 18,
  width: 8,
  rates: [1, 2, 3],
  decoderChannels: 32,
  channels: 3,
  classes: 3,
  dropRate: 0,
};
type Network = (scope: Scope, image: Sym) => Sym;
const networks: { readonly [name: string]: Network } = {
  densenet: (scope, image) =>
    denseNetHead(scope, denseNetFeatures(scope, image, narrowDenseNet), 3),
  deeplab: (scope, image) => deepLab(scope, image, narrowDeepLab),
};
const losses = { bce: binaryCrossEntropy, dice: classAverageDice };

const cases = Object.keys(networks).flatMap((network) => {
  const { learningRate, cases: recorded } = readFixture(`parity-${network}`);
  return Object.entries(recorded).map(([loss, single]) => ({
    network,
    loss: loss === 'dice' ? ('dice' as const) : ('bce' as const),
    recorded: single,
    learningRate,
  }));
});

describe('training equals PyTorch', () => {
  test.each(cases)(
    'five steps of Adam on $network with $loss follow the same losses and weights',
    async (single) => {
      const network = networks[single.network]!;

      const run = await runParity(single.recorded, {
        forward: ({ image }, scope) => ({ logits: network(scope, image!) }),
        loss: ({ image, target }, scope) => ({
          loss: losses[single.loss](network(scope, image!), {
            target: target!,
            weight: constant(1),
          }),
        }),
        learningRate: single.learningRate,
      });

      const { loss, evaluated, before, moments, after } = compareParity(single.recorded, run);
      expect(before).toBeLessThan(1e-9);
      expect(evaluated).toBeLessThan(1e-5);
      expect(loss).toBeLessThan(1e-4);
      expect(moments).toBeLessThan(1e-3);
      // PyTorch against itself, weights moved by one rounding: 0.07, in biases that Adam steers by tiny gradients.
      expect(after).toBeLessThan(0.15);
    },
  );
});
