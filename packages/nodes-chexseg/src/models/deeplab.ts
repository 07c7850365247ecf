/**
 * DeepLabv3+ (Chen et al., ECCV 2018) as CheXseg trained it: segmentation_models.pytorch 0.1.2, whose state_dict names are kept
 * (method.md b.7).
 *
 * Separable convolutions have no normalization between depthwise and pointwise. Both upsamplings use corner alignment.
 */
import {
  batchNorm,
  concat,
  conv,
  dropout,
  globalAvgPool,
  relu,
  resizeBilinear,
  type Scope,
  type Sym,
} from '@radiograph/tensor';
import { type DenseNetConfig, denseNetStages } from './densenet.ts';
import { type EncoderFeatures, type ResNetConfig, resNetFeatures } from './resnet.ts';

/** What the decoder stands on. */
export type EncoderConfig = ResNetConfig | { readonly densenet: DenseNetConfig };

export type DeepLabConfig = EncoderConfig & {
  /** Atrous rates of the three pyramid branches. */
  readonly rates: readonly number[];
  /** Width of pyramid and decoder; 256 is the paper's. */
  readonly decoderChannels: number;
  /** 3 (grey repeated) or 1. */
  readonly channels: number;
  readonly classes: number;
  /** How many times smaller than the image the pyramid's map is; default 16. No weight tells it. */
  readonly outputStride?: 8 | 16 | undefined;
  /** Dropout after the pyramid; default 0.5, the authors' own. */
  readonly dropRate?: number;
};

const lowLevelChannels = 48; // of decoder width 256, as in the paper

/** Logits `[N, classes, H, W]` of images `[N, C, H, W]` whose sides are multiples of 16. */
export function deepLab(scope: Scope, image: Sym, config: DeepLabConfig): Sym {
  const { low, high } = encode(scope.at('encoder'), image, config);
  const decoded = decode(scope.at('decoder'), { low, high }, config);
  const logits = conv(scope.at('segmentation_head').at('0'), decoded, {
    channels: config.classes,
    size: 1,
    bias: true,
  });
  return resizeTo(logits, image);
}

function encode(
  scope: Scope,
  image: Sym,
  config: EncoderConfig & Pick<DeepLabConfig, 'outputStride'>,
): EncoderFeatures {
  if (!('densenet' in config)) return resNetFeatures(scope, image, config);
  const { outputStride = 16 } = config;
  let low: Sym | undefined;
  const last = denseNetStages(
    scope,
    image,
    { ...config.densenet, outputStride },
    (name, output) => {
      if (name === 'denseblock1') low = output;
    },
  );
  return { low: low!, high: relu(last) };
}

function decode(scope: Scope, { low, high }: { low: Sym; high: Sym }, config: DeepLabConfig): Sym {
  const { decoderChannels } = config;
  const pyramid = atrousPyramid(scope.at('aspp').at('0'), high, config);
  const refined = separable(scope.at('aspp').at('1'), pyramid, { channels: decoderChannels });
  const context = resizeTo(relu(batchNorm(scope.at('aspp').at('2'), refined)), low);
  const lowChannels = Math.max(1, Math.round((lowLevelChannels * decoderChannels) / 256));
  const detail = conv(scope.at('block1').at('0'), low, { channels: lowChannels, size: 1 });
  const joined = concat([context, relu(batchNorm(scope.at('block1').at('1'), detail))], 1);
  const fused = separable(scope.at('block2').at('0'), joined, { channels: decoderChannels });
  return relu(batchNorm(scope.at('block2').at('1'), fused));
}

/** Atrous spatial pyramid pooling: a 1x1 branch, three separable dilated ones, and the image-level mean. */
function atrousPyramid(scope: Scope, x: Sym, config: DeepLabConfig): Sym {
  const { rates, decoderChannels, dropRate = 0.5 } = config;
  const branch = (index: number) => scope.at('convs').at(String(index));
  const channels = decoderChannels;
  const local = conv(branch(0).at('0'), x, { channels, size: 1 });
  const branches = [relu(batchNorm(branch(0).at('1'), local))];
  rates.forEach((dilation, i) => {
    const wide = separable(branch(i + 1).at('0'), x, { channels, dilation });
    branches.push(relu(batchNorm(branch(i + 1).at('1'), wide)));
  });
  const pool = branch(rates.length + 1);
  const whole = relu(
    batchNorm(pool.at('2'), conv(pool.at('1'), globalAvgPool(x), { channels, size: 1 })),
  );
  branches.push(resizeBilinear(whole, { height: x.shape[2]!, width: x.shape[3]! }));
  const project = scope.at('project');
  const projected = conv(project.at('0'), concat(branches, 1), { channels, size: 1 });
  return dropout(scope, relu(batchNorm(project.at('1'), projected)), dropRate);
}

/** Depthwise 3x3, then pointwise; neither has a bias. */
function separable(
  scope: Scope,
  x: Sym,
  { channels, dilation = 1 }: { channels: number; dilation?: number },
): Sym {
  const depthwise = conv(scope.at('0'), x, {
    channels: x.shape[1]!,
    size: 3,
    dilation,
    groups: x.shape[1]!,
  });
  return conv(scope.at('1'), depthwise, { channels, size: 1 });
}

function resizeTo(x: Sym, { shape: [, , height, width] }: Sym): Sym {
  return resizeBilinear(x, { height: height!, width: width!, alignCorners: true });
}
