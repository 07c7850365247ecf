/** ResNet encoders (He et al., CVPR 2016) under torchvision's names, for classifiers and, the last stages dilated, for segmentation. */
import {
  add,
  batchNorm,
  conv,
  type Init,
  maxPool,
  relu,
  type Scope,
  type Sym,
} from '@radiograph/tensor';

export type ResNetDepth = 18 | 34 | 50 | 101 | 152;

export type ResNetConfig = {
  readonly depth: ResNetDepth;
  /** Channels of the first stage; 64 is the paper's. Smaller ones are for tests. */
  readonly width: number;
  /** Groups of the 3x3 convolutions of bottlenecks: 32 in ResNeXt-50 32x4d (Xie et al., CVPR 2017); default 1. */
  readonly groups?: number | undefined;
  /** Channels of such a group, for a width of 64: 4 in ResNeXt-50 32x4d, 128 in a wide ResNet (Zagoruyko & Komodakis, 2016); default 64. */
  readonly widthPerGroup?: number | undefined;
};

type Layout = { readonly layers: readonly number[]; readonly expansion: 1 | 4 };

/** Blocks per stage, and how many times a block's width comes out of it. */
export const resNetLayouts: { readonly [D in ResNetDepth]: Layout } = {
  18: { layers: [2, 2, 2, 2], expansion: 1 },
  34: { layers: [3, 4, 6, 3], expansion: 1 },
  50: { layers: [3, 4, 6, 3], expansion: 4 },
  101: { layers: [3, 4, 23, 3], expansion: 4 },
  152: { layers: [3, 8, 36, 3], expansion: 4 },
};
const kaiming: Init = { type: 'kaiming-normal', fan: 'out' };

/** Low-level features at stride 4 (layer1) and high-level ones at stride 16 (layer4). */
export type EncoderFeatures = { readonly low: Sym; readonly high: Sym };

/** Stages 1 to 4 at an output stride of 16 (or 8), what does not halve the map dilated instead. */
export function resNetFeatures(
  scope: Scope,
  image: Sym,
  config: ResNetConfig & { readonly outputStride?: 8 | 16 | undefined },
): EncoderFeatures {
  const ending = config.outputStride === 8 ? 'dilated-8' : 'dilated';
  const [, low, , , high] = resNetStages(scope, image, config, ending) as [Sym, Sym, Sym, Sym, Sym];
  return { low, high };
}

type Stage = { readonly stride: 1 | 2; readonly dilation: 1 | 2 | 4 };
const [same, half] = [
  { stride: 1, dilation: 1 },
  { stride: 2, dilation: 1 },
] as const;

/**
 * How the four stages end: `strided` halves the map three times, as the classifier does; `plain` leaves layer4 at stride 1, as IRNet does
 * (method.md b.5); `dilated` also gives EVERY convolution of layer4 dilation 2 with padding size // 2 * 2, the very first 3x3 too, as the authors'
 * segmenter does it (torchvision's own option leaves that one at 1; method.md b.7); `dilated-8` does so in layer3, and in layer4 with 4, as
 * segmentation_models.pytorch does for encoder_output_stride=8.
 */
const endings = {
  strided: [same, half, half, half],
  plain: [same, half, half, same],
  dilated: [same, half, half, { stride: 1, dilation: 2 }],
  'dilated-8': [same, half, { stride: 1, dilation: 2 }, { stride: 1, dilation: 4 }],
} as const satisfies Record<string, readonly Stage[]>;
export type ResNetEnding = keyof typeof endings;

/** The pooled stem (stride 4) and the outputs of layer1 to layer4. */
export function resNetStages(
  scope: Scope,
  image: Sym,
  { depth, width, groups = 1, widthPerGroup = 64 }: ResNetConfig,
  ending: ResNetEnding,
): Sym[] {
  const { layers, expansion } = resNetLayouts[depth];
  const first = conv(scope.at('conv1'), image, {
    channels: width,
    size: 7,
    stride: 2,
    padding: 3,
    init: kaiming,
  });
  const stem = maxPool(relu(batchNorm(scope.at('bn1'), first)), { size: 3, stride: 2, padding: 1 });
  const stages = [stem];
  layers.forEach((blocks, index) => {
    let x = stages[index]!;
    const { stride, dilation } = endings[ending][index]!;
    const channels = width * 2 ** index;
    const inner = expansion === 1 ? channels : Math.floor((channels * widthPerGroup) / 64) * groups;
    for (let block = 0; block < blocks; block++) {
      const options = { channels, inner, groups, dilation, expansion };
      x = residualBlock(scope.at(`layer${index + 1}`).at(String(block)), x, {
        ...options,
        stride: block === 0 ? stride : 1,
      });
    }
    stages.push(x);
  });
  return stages;
}

type BlockOptions = {
  readonly channels: number;
  /** Of a bottleneck's 3x3 convolution. */
  readonly inner: number;
  readonly groups: number;
  readonly stride: number;
  readonly dilation: number;
  readonly expansion: 1 | 4;
};

function residualBlock(scope: Scope, x: Sym, options: BlockOptions): Sym {
  const { channels, stride, expansion } = options;
  const y = expansion === 1 ? basicPath(scope, x, options) : bottleneckPath(scope, x, options);
  const outgoing = channels * expansion;
  if (stride === 1 && x.shape[1] === outgoing) return relu(add(y, x));
  const down = scope.at('downsample');
  const shortcut = conv(down.at('0'), x, { channels: outgoing, size: 1, stride, init: kaiming });
  return relu(add(y, batchNorm(down.at('1'), shortcut)));
}

function basicPath(scope: Scope, x: Sym, { channels, stride, dilation }: BlockOptions): Sym {
  const first = conv(scope.at('conv1'), x, { channels, size: 3, stride, dilation, init: kaiming });
  const second = conv(scope.at('conv2'), relu(batchNorm(scope.at('bn1'), first)), {
    channels,
    size: 3,
    dilation,
    init: kaiming,
  });
  return batchNorm(scope.at('bn2'), second);
}

function bottleneckPath(
  scope: Scope,
  x: Sym,
  { channels, inner, groups, stride, dilation, expansion }: BlockOptions,
): Sym {
  const first = conv(scope.at('conv1'), x, { channels: inner, size: 1, init: kaiming });
  const active = relu(batchNorm(scope.at('bn1'), first));
  const second = conv(scope.at('conv2'), active, {
    channels: inner,
    size: 3,
    stride,
    dilation,
    groups,
    init: kaiming,
  });
  const third = conv(scope.at('conv3'), relu(batchNorm(scope.at('bn2'), second)), {
    channels: channels * expansion,
    size: 1,
    init: kaiming,
  });
  return batchNorm(scope.at('bn3'), third);
}
