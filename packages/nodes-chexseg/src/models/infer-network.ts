/** From the names and shapes of weights to the network that they belong to. */
import { dataError } from '@radiograph/graph';
import type { WeightTensor } from '@radiograph/kinds';
import type { Forward } from '@radiograph/tensor';
import { classifierFeatures, classifierHead, headOf } from './classifier.ts';
import { deepLab } from './deeplab.ts';
import { findPrefix, placeHead, stripPrefix } from './find-network.ts';
import type { BackboneConfig } from './irnet.ts';
import { type ResNetConfig, resNetLayouts } from './resnet.ts';

type Weights = ReadonlyMap<string, WeightTensor>;

/** A network found in a file. */
export type InferredNetwork = {
  /** As `Model.architecture` keeps it. */
  readonly architecture: Readonly<Record<string, unknown>> & { readonly family: string };
  /** Input channels. */
  readonly channels: number;
  /** The file's weights, the network's own under its own names. */
  readonly weights: Weights;
  /** Declares the weights without the head. */
  readonly encoder: Forward;
  /** The last layer; undefined = the file is an encoder alone. */
  readonly head: Head | undefined;
};
export type Head = {
  readonly weight: string;
  readonly bias: string;
  readonly outputs: number;
  /** Declares all weights, with a head of so many outputs. */
  readonly forward: (outputs: number) => Forward;
};

/** Finds a DenseNet or ResNet, under whatever name. @throws a data error that names what was looked for. */
export function inferClassifier(weights: Weights, path: string): InferredNetwork {
  const found = findBackbone(weights, path);
  if (found === undefined)
    throw dataError(
      path,
      `expected the weights of a DenseNet (features.conv0.weight, ...) or a ResNet (conv1.weight, layer1.0.conv1.weight, ...), under any name, got ${listNames(weights)}${adviceFor(path)}`,
    );
  const { config, own } = found;
  const { headName } = headOf(config);
  const named = placeHead(own, headName, found.features);
  return {
    architecture: config,
    channels: config.channels,
    weights: named,
    encoder: ({ image }, scope) => ({ features: classifierFeatures(scope, image!, config) }),
    head: findHead(named, headName, (outputs) => ({ image }, scope) => ({
      logits: classifierHead(scope, classifierFeatures(scope, image!, config), config, outputs),
    })),
  };
}

type SegmenterOptions = {
  readonly path: string;
  readonly rates: readonly number[];
  readonly outputStride: 8 | 16;
};

/** Finds a DeepLabv3+ of segmentation_models.pytorch 0.1.2. `rates` and `outputStride` are not in the weights. @throws a data error. */
export function inferSegmenter(
  weights: Weights,
  { path, rates, outputStride }: SegmenterOptions,
): InferredNetwork {
  const prefix = findPrefix(weights, ['decoder.block2.0.1.weight'], path);
  const own = stripPrefix(weights, prefix ?? '');
  const encoder = within(own, 'encoder.');
  const found = findBackbone(encoder, path);
  const fused = own.get('decoder.block2.0.1.weight');
  if (found === undefined || fused === undefined)
    throw dataError(
      path,
      `expected the weights of a DeepLabv3+ on a ResNet or DenseNet (encoder.conv1.weight, decoder.block2.0.1.weight, ...), got ${listNames(weights)}${adviceFor(path)}`,
    );
  const { family, channels, ...backbone } = found.config;
  const decoder = { rates, decoderChannels: fused.shape[0]!, channels };
  const stride = outputStride === 16 ? {} : { outputStride };
  const config = {
    ...('depth' in backbone ? backbone : { densenet: { ...backbone, channels } }),
    ...decoder,
    ...stride,
  };
  const forwardOf =
    (classes: number): Forward =>
    ({ image }, scope) => ({ logits: deepLab(scope, image!, { ...config, classes }) });
  const inner = new Map([...own].filter(([name]) => !name.startsWith('encoder.')));
  for (const [name, weight] of found.own) inner.set(`encoder.${name}`, weight);
  const head = findHead(inner, 'segmentation_head.0', forwardOf);
  return {
    architecture: { family: `deeplabv3plus-${family}`, ...config, classes: head?.outputs ?? 0 },
    channels,
    weights: inner,
    head,
    encoder: forwardOf(1),
  };
}

function within(weights: Weights, prefix: string): Weights {
  return new Map(
    [...weights].flatMap(([name, weight]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), weight] as const] : [],
    ),
  );
}

const listNames = (weights: Weights): string => {
  const names = [...weights.keys()];
  return `${names.slice(0, 4).join(', ')}${names.length > 4 ? `, ... (${names.length} tensors)` : ''}`;
};

/** What to do about it depends on the format. */
function adviceFor(path: string): string {
  if (!path.endsWith('.onnx')) return '';
  return ': names of layers are lost in some exports; export with PyTorch 1.13 or later, or with training=TrainingMode.PRESERVE and do_constant_folding=False';
}

function findHead(weights: Weights, name: string, forward: Head['forward']): Head | undefined {
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  const outputs = weights.get(weight)?.shape[0];
  return outputs === undefined || !weights.has(bias)
    ? undefined
    : { weight, bias, outputs, forward };
}

type Backbone = {
  readonly config: BackboneConfig;
  readonly own: Weights;
  /** Channels of its last maps. */
  readonly features: number;
};

function findBackbone(weights: Weights, path: string): Backbone | undefined {
  const dense = findPrefix(weights, ['features.conv0.weight'], path);
  if (dense !== undefined) return inferDenseNet(stripPrefix(weights, dense), path);
  const residual = findPrefix(weights, ['conv1.weight', 'layer1.0.conv1.weight'], path);
  return residual === undefined ? undefined : inferResNet(stripPrefix(weights, residual), path);
}

/** How many of `name(1)`, `name(2)`, ... there are. */
function countFrom(first: number, has: (index: number) => boolean): number {
  let count = 0;
  while (has(first + count)) count++;
  return count;
}

function inferDenseNet(own: Weights, path: string): Backbone {
  const stem = own.get('features.conv0.weight')!; // it was found by this name
  const layer = (block: number, index: number, name: string) =>
    own.get(`features.denseblock${block}.denselayer${index}.${name}.weight`);
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
  const features = blocks.reduce(
    (width, layers, i) => (i === 0 ? width : Math.floor(width / 2)) + layers * growth,
    initialFeatures,
  );
  const config = {
    family: 'densenet' as const,
    ...{ blocks, growth, initialFeatures, bottleneck: middle / growth, dropRate: 0, channels },
  };
  return { config, own, features };
}

function inferResNet(own: Weights, path: string): Backbone {
  const [width = 0, channels = 0] = own.get('conv1.weight')!.shape; // it was found by this name
  const blocks = [1, 2, 3, 4].map((stage) =>
    countFrom(0, (block) => own.has(`layer${stage}.${block}.conv1.weight`)),
  );
  const expansion = own.has('layer1.0.conv3.weight') ? 4 : 1;
  const depth = resNetDepths.find((one) => {
    const layout = resNetLayouts[one];
    return layout.expansion === expansion && layout.layers.join() === blocks.join();
  });
  if (depth === undefined)
    throw dataError(
      path,
      `expected a ResNet-${resNetDepths.join(', ')}, got one of ${blocks} ${expansion === 4 ? 'bottleneck' : 'basic'} blocks`,
    );
  const config = {
    family: 'resnet' as const,
    ...{ depth, width, channels },
    ...(expansion === 4 ? readGroups(own, width) : {}),
  };
  return { config, own, features: width * 8 * expansion };
}

const resNetDepths = [18, 34, 50, 101, 152] as const;

/** ResNeXt and wide ResNet, by the 3x3 convolution of the first bottleneck; nothing for a plain one. */
function readGroups(own: Weights, width: number): Partial<ResNetConfig> {
  const [inner = width, perGroup = inner] = own.get('layer1.0.conv2.weight')?.shape ?? [];
  const groups = inner / perGroup;
  const widthPerGroup = (inner / groups / width) * 64;
  return groups === 1 && widthPerGroup === 64 ? {} : { groups, widthPerGroup };
}
