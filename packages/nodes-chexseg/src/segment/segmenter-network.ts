/** The network that a segmenter's training starts with: its encoder from a model or from the seed, its input scale, its weights. */
import type { Images, Model, Normalization } from '@radiograph/kinds';
import { type Forward, initializeWeights, type NamedTensors } from '@radiograph/tensor';
import { readBackbone } from '../models/architecture.ts';
import { type DeepLabConfig, deepLab } from '../models/deeplab.ts';
import type { ResNetConfig } from '../models/resnet.ts';
import { replaceWeights } from '../train/start-weights.ts';

/** What the parameters of the training say about the network. */
export type NetworkOptions = ResNetConfig & {
  readonly rates: readonly number[];
  readonly decoderChannels: number;
  readonly channels: 1 | 3;
  readonly encoderWeights: 'given' | 'random';
  readonly encoderScale: 'given' | 'own';
  readonly mean: number;
  readonly std: number;
};

/** A network before its first step. */
export type SegmenterNetwork = {
  readonly config: DeepLabConfig;
  readonly normalization: Normalization;
  /** As a model keeps it. */
  readonly architecture: Model['architecture'];
  /** Starting weights; undefined = all are drawn from the seed. */
  readonly startWeights: (seed: number) => NamedTensors | undefined;
};

/**
 * Plans the network for frames of this size. An encoder model gives its shape, and, unless the options say otherwise, its weights and its input
 * scale; without one the options describe a ResNet.
 *
 * @throws a data error for an encoder of another family, or one that lacks a weight.
 */
export function planNetwork(
  { height, width }: Pick<Images, 'height' | 'width'>,
  classes: number,
  { options, encoder }: { readonly options: NetworkOptions; readonly encoder: Model | undefined },
): SegmenterNetwork {
  const config = configOf(options, classes, encoder);
  const own = { mean: options.mean, std: options.std };
  const isGiven = encoder !== undefined && options.encoderScale === 'given';
  const forward: Forward = ({ image }, scope) => ({ logits: deepLab(scope, image!, config) });
  const inputs = { image: [1, config.channels, height, width] };
  return {
    config,
    normalization: isGiven ? encoder.normalization : own,
    architecture: {
      family: 'densenet' in config ? 'deeplabv3plus-densenet' : 'deeplabv3plus-resnet',
      ...config,
    },
    startWeights: (seed) =>
      encoder === undefined || options.encoderWeights === 'random'
        ? undefined
        : replaceWeights(initializeWeights(forward, inputs, seed), encoder, {
            prefix: 'encoder.',
            port: 'encoder',
          }),
  };
}

function configOf(
  { depth, width, rates, decoderChannels, channels }: NetworkOptions,
  classes: number,
  encoder: Model | undefined,
): DeepLabConfig {
  const decoder = { rates, decoderChannels, classes };
  if (encoder === undefined) return { depth, width, channels, ...decoder };
  const { family, ...backbone } = readBackbone(encoder);
  if ('depth' in backbone) return { ...backbone, ...decoder };
  return { densenet: { ...backbone, dropRate: 0 }, channels: backbone.channels, ...decoder };
}
