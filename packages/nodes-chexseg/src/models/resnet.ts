/** ResNet encoders (He et al., CVPR 2016) under torchvision's names, with the last stage dilated for segmentation. */
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

export type ResNetDepth = 18 | 34 | 50;

export type ResNetConfig = {
  readonly depth: ResNetDepth;
  /** Channels of the first stage; 64 is the paper's. Smaller ones are for tests. */
  readonly width: number;
};

const layouts: {
  readonly [D in ResNetDepth]: { readonly layers: readonly number[]; readonly expansion: 1 | 4 };
} = {
  18: { layers: [2, 2, 2, 2], expansion: 1 },
  34: { layers: [3, 4, 6, 3], expansion: 1 },
  50: { layers: [3, 4, 6, 3], expansion: 4 },
};
const kaiming: Init = { type: 'kaiming-normal', fan: 'out' };

/** Low-level features at stride 4 (layer1) and high-level ones at stride 16 (layer4). */
export type EncoderFeatures = { readonly low: Sym; readonly high: Sym };

/** Stages 1 to 4 at output stride 16, the last one dilated. */
export function resNetFeatures(scope: Scope, image: Sym, config: ResNetConfig): EncoderFeatures {
  const [, low, , , high] = resNetStages(scope, image, config, 'dilated') as [
    Sym,
    Sym,
    Sym,
    Sym,
    Sym,
  ];
  return { low, high };
}

/**
 * What layer4 does instead of halving the map: `dilated` gives EVERY convolution stride 1 and dilation 2 with padding size // 2 * 2, the
 * very first 3x3 too, as the authors' segmenter does it (torchvision's own option leaves that one at 1; method.md b.7); `plain` only
 * takes stride 1, as IRNet does (method.md b.5).
 */
export type LastStage = 'dilated' | 'plain';

/** The pooled stem (stride 4) and the outputs of layer1 to layer4 (strides 4, 8, 16, 16). */
export function resNetStages(
  scope: Scope,
  image: Sym,
  { depth, width }: ResNetConfig,
  lastStage: LastStage,
): Sym[] {
  const { layers, expansion } = layouts[depth];
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
    const dilation = index === 3 && lastStage === 'dilated' ? 2 : 1;
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 && (index === 1 || index === 2) ? 2 : 1;
      const options = { channels: width * 2 ** index, stride, dilation, expansion };
      x = residualBlock(scope.at(`layer${index + 1}`).at(String(block)), x, options);
    }
    stages.push(x);
  });
  return stages;
}

type BlockOptions = {
  readonly channels: number;
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
  { channels, stride, dilation, expansion }: BlockOptions,
): Sym {
  const first = conv(scope.at('conv1'), x, { channels, size: 1, init: kaiming });
  const active = relu(batchNorm(scope.at('bn1'), first));
  const second = conv(scope.at('conv2'), active, {
    channels,
    size: 3,
    stride,
    dilation,
    init: kaiming,
  });
  const third = conv(scope.at('conv3'), relu(batchNorm(scope.at('bn2'), second)), {
    channels: channels * expansion,
    size: 1,
    init: kaiming,
  });
  return batchNorm(scope.at('bn3'), third);
}
