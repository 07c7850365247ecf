/**
 * DenseNet (Huang et al., CVPR 2017) under torchvision's names, so that its state_dict loads as it is.
 *
 * Keys: `features.conv0`, `features.denseblockB.denselayerL.{norm1,conv1,norm2,conv2}`, `features.transitionB.{norm,conv}`,
 * `features.norm5`, `classifier`. No ReLU after norm5 inside `features`: it belongs to the head, and Grad-CAM reads norm5.
 */
import {
  avgPool,
  batchNorm,
  concat,
  conv,
  dense,
  dropout,
  globalAvgPool,
  type Init,
  maxPool,
  relu,
  reshape,
  type Scope,
  type Sym,
} from '@radiograph/tensor';

export type DenseNetConfig = {
  /** Layers per dense block; [6, 12, 24, 16] is DenseNet-121. */
  readonly blocks: readonly number[];
  /** Channels that each layer adds. */
  readonly growth: number;
  readonly initialFeatures: number;
  /** Bottleneck width in units of growth. */
  readonly bottleneck: number;
  readonly dropRate: number;
  /** 3 as in torchvision (grey repeated), or 1. */
  readonly channels: number;
};

/** DenseNet-121 as in the paper. */
export const denseNet121: DenseNetConfig = {
  blocks: [6, 12, 24, 16],
  growth: 32,
  initialFeatures: 64,
  bottleneck: 4,
  dropRate: 0,
  channels: 3,
};

const kaiming: Init = { type: 'kaiming-normal', fan: 'in' };

/** Called with the output of each named stage: `pool0`, `denseblock1`, ..., `norm5`. */
export type OnStage = (name: string, output: Sym) => void;

/** `features(x)`: `[N, C, H, W]` -> norm5 BEFORE ReLU, `[N, F, H/32, W/32]` for four blocks. */
export function denseNetFeatures(
  scope: Scope,
  image: Sym,
  config: DenseNetConfig,
  onStage: OnStage = () => {},
): Sym {
  return denseNetStages(
    scope,
    image,
    { ...config, outputStride: Number.POSITIVE_INFINITY },
    onStage,
  );
}

/**
 * The same down to `outputStride` only: transitions after that keep their map (no pooling), and the 3x3 convolutions behind each of them dilate
 * by 2 more. Weights are those of the classifier, each filter sees what it saw there, four times as densely (segmentation_models.pytorch refuses
 * this: its DenseNet cannot leave out the pooling; method.md a.7.8).
 */
export function denseNetStages(
  scope: Scope,
  image: Sym,
  config: DenseNetConfig & { readonly outputStride: number },
  onStage: OnStage = () => {},
): Sym {
  const features = scope.at('features');
  let x = conv(features.at('conv0'), image, {
    channels: config.initialFeatures,
    size: 7,
    stride: 2,
    padding: 3,
    init: kaiming,
  });
  x = maxPool(relu(batchNorm(features.at('norm0'), x)), { size: 3, stride: 2, padding: 1 });
  onStage('pool0', x);
  let [stride, dilation] = [4, 1];
  config.blocks.forEach((layers, index) => {
    x = denseBlock(features.at(`denseblock${index + 1}`), x, { ...config, layers, dilation });
    onStage(`denseblock${index + 1}`, x);
    if (index === config.blocks.length - 1) return;
    const pools = stride < config.outputStride;
    x = transition(features.at(`transition${index + 1}`), x, { pools });
    if (pools) stride *= 2;
    else dilation *= 2;
  });
  const normalized = batchNorm(features.at('norm5'), x);
  onStage('norm5', normalized);
  return normalized;
}

/** The head: ReLU, global average, linear. Logits `[N, classes]`. */
export function denseNetHead(scope: Scope, features: Sym, classes: number): Sym {
  const pooled = globalAvgPool(relu(features));
  return dense(scope.at('classifier'), reshape(pooled, [features.shape[0]!, features.shape[1]!]), {
    features: classes,
  });
}

type BlockConfig = DenseNetConfig & { readonly layers: number; readonly dilation: number };

function denseBlock(scope: Scope, x: Sym, config: BlockConfig): Sym {
  let joined = x;
  for (let layer = 1; layer <= config.layers; layer++) {
    joined = concat([joined, denseLayer(scope.at(`denselayer${layer}`), joined, config)], 1);
  }
  return joined;
}

function denseLayer(
  scope: Scope,
  x: Sym,
  { growth, bottleneck, dropRate, dilation }: BlockConfig,
): Sym {
  const narrow = relu(batchNorm(scope.at('norm1'), x));
  const middle = conv(scope.at('conv1'), narrow, {
    channels: bottleneck * growth,
    size: 1,
    init: kaiming,
  });
  const fresh = conv(scope.at('conv2'), relu(batchNorm(scope.at('norm2'), middle)), {
    channels: growth,
    size: 3,
    dilation,
    init: kaiming,
  });
  return dropout(scope, fresh, dropRate);
}

function transition(scope: Scope, x: Sym, { pools }: { readonly pools: boolean }): Sym {
  const active = relu(batchNorm(scope.at('norm'), x));
  const narrow = conv(scope.at('conv'), active, {
    channels: Math.floor(x.shape[1]! / 2),
    size: 1,
    init: kaiming,
  });
  return pools ? avgPool(narrow, { size: 2 }) : narrow;
}
