/** From the names and shapes of weights to the network that they belong to. */
import { dataError } from '@radiograph/graph';
import type { WeightTensor } from '@radiograph/kinds';
import type { Forward } from '@radiograph/tensor';
import { deepLab } from './deeplab.ts';
import { denseNetFeatures, denseNetHead } from './densenet.ts';
import { type ResNetDepth, resNetFeatures } from './resnet.ts';

type Weights = ReadonlyMap<string, WeightTensor>;

/** A network found in a file. */
export type InferredNetwork = {
  /** As `Model.architecture` keeps it. */
  readonly architecture: Readonly<Record<string, unknown>> & { readonly family: string };
  /** Input channels. */
  readonly channels: number;
  /** Declares the weights without the head. */
  readonly encoder: Forward;
  /** The last layer; undefined = the file is an encoder alone (a ResNet always is one here). */
  readonly head: Head | undefined;
};
export type Head = {
  readonly weight: string;
  readonly bias: string;
  readonly outputs: number;
  /** Declares all weights, with a head of so many outputs. */
  readonly forward: (outputs: number) => Forward;
};

/** Finds a DenseNet or ResNet. @throws a data error that names what was looked for. */
export function inferClassifier(weights: Weights, path: string): InferredNetwork {
  const network = inferDenseNet(weights, path) ?? inferResNet(weights, path);
  if (network !== undefined) return network;
  const names = [...weights.keys()].slice(0, 4).join(', ');
  throw dataError(
    path,
    `expected the weights of a DenseNet (features.conv0.weight, ...) or a ResNet (conv1.weight, ...), got ${names}, ...: an ONNX file must be exported without folding (training=TrainingMode.PRESERVE, do_constant_folding=False)`,
  );
}

/** Finds a DeepLabv3+ of segmentation_models.pytorch 0.1.2. `rates` are not in the weights. @throws a data error. */
export function inferSegmenter(
  weights: Weights,
  { path, rates }: { readonly path: string; readonly rates: readonly number[] },
): InferredNetwork {
  const inner = new Map(
    [...weights].flatMap(([name, weight]) =>
      name.startsWith('encoder.') ? [[name.slice('encoder.'.length), weight] as const] : [],
    ),
  );
  const encoder = inferResNet(inner, path);
  const fused = weights.get('decoder.block2.1.weight');
  if (encoder === undefined || fused === undefined)
    throw dataError(
      path,
      'expected the weights of a DeepLabv3+ on a ResNet (encoder.conv1.weight, decoder.block2.1.weight, ...), got others',
    );
  const { depth, width } = encoder.architecture as unknown as ResNetArchitecture;
  const { channels } = encoder;
  const config = { depth, width, rates, decoderChannels: fused.shape[0]!, channels };
  const forwardOf =
    (classes: number): Forward =>
    ({ image }, scope) => ({ logits: deepLab(scope, image!, { ...config, classes }) });
  const head = findHead(weights, 'segmentation_head.0', forwardOf);
  return {
    architecture: { family: 'deeplabv3plus-resnet', ...config, classes: head?.outputs ?? 0 },
    channels,
    head,
    encoder: forwardOf(1),
  };
}

function findHead(weights: Weights, name: string, forward: Head['forward']): Head | undefined {
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  const outputs = weights.get(weight)?.shape[0];
  return outputs === undefined || !weights.has(bias)
    ? undefined
    : { weight, bias, outputs, forward };
}

/** How many of `name(1)`, `name(2)`, ... there are. */
function countFrom(first: number, has: (index: number) => boolean): number {
  let count = 0;
  while (has(first + count)) count++;
  return count;
}

function inferDenseNet(weights: Weights, path: string): InferredNetwork | undefined {
  const stem = weights.get('features.conv0.weight');
  if (stem === undefined) return undefined;
  const layer = (block: number, index: number, name: string) =>
    weights.get(`features.denseblock${block}.denselayer${index}.${name}.weight`);
  const blocks = Array.from(
    { length: countFrom(1, (b) => layer(b, 1, 'conv1') !== undefined) },
    (_, i) => countFrom(1, (l) => layer(i + 1, l, 'conv1') !== undefined),
  );
  const growth = layer(1, 1, 'conv2')?.shape[0];
  const middle = layer(1, 1, 'conv1')?.shape[0];
  if (growth === undefined || middle === undefined)
    throw dataError(
      path,
      'expected features.denseblock1.denselayer1.conv1.weight and conv2.weight, got none',
    );
  const [initialFeatures = 0, channels = 0] = stem.shape;
  const config = {
    blocks,
    growth,
    initialFeatures,
    bottleneck: middle / growth,
    dropRate: 0,
    channels,
  };
  return {
    architecture: { family: 'densenet', ...config },
    channels,
    encoder: ({ image }, scope) => ({ features: denseNetFeatures(scope, image!, config) }),
    head: findHead(weights, 'classifier', (outputs) => ({ image }, scope) => ({
      logits: denseNetHead(scope, denseNetFeatures(scope, image!, config), outputs),
    })),
  };
}

type ResNetArchitecture = {
  readonly family: 'resnet';
  readonly depth: ResNetDepth;
  readonly width: number;
  readonly channels: number;
};

const layouts: Readonly<Record<string, ResNetDepth>> = {
  '2,2,2,2 basic': 18,
  '3,4,6,3 basic': 34,
  '3,4,6,3 bottleneck': 50,
};

function inferResNet(weights: Weights, path: string): InferredNetwork | undefined {
  const stem = weights.get('conv1.weight');
  if (stem === undefined) return undefined;
  const blocks = [1, 2, 3, 4].map((stage) =>
    countFrom(0, (block) => weights.has(`layer${stage}.${block}.conv1.weight`)),
  );
  const kind = weights.has('layer1.0.conv3.weight') ? 'bottleneck' : 'basic';
  const depth = layouts[`${blocks} ${kind}`];
  if (depth === undefined)
    throw dataError(path, `expected a ResNet-18, 34 or 50, got one of ${blocks} ${kind} blocks`);
  const [width = 0, channels = 0] = stem.shape;
  const encoder: Forward = ({ image }, scope) => ({
    features: resNetFeatures(scope, image!, { depth, width }).high,
  });
  return {
    architecture: { family: 'resnet', depth, width, channels } satisfies ResNetArchitecture,
    channels,
    encoder,
    head: undefined,
  };
}
