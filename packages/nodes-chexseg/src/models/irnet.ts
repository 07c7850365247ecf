/**
 * IRNet (Ahn et al., CVPR 2019): boundaries and displacements from the stages of a frozen classifier, under the names of the released
 * net/resnet50_irn.py (method.md b.5).
 *
 * The released network stands on a ResNet-50; any classifier of this package will do, a DenseNet trained on the radiographs too. Heads are
 * 1x1 convolutions, GroupNorm, bilinear upsampling, ReLU, in that order.
 */
import {
  concat,
  conv,
  groupNorm,
  relu,
  resizeBilinear,
  type Scope,
  type Sym,
} from '@radiograph/tensor';
import type { IrnetOutputs } from '../irnet/losses.ts';
import { type DenseNetConfig, denseNetFeatures } from './densenet.ts';
import { type ResNetConfig, resNetStages } from './resnet.ts';

/** A classifier without its head. */
export type BackboneConfig =
  | ({ readonly family: 'resnet'; readonly channels: number } & ResNetConfig)
  | ({ readonly family: 'densenet' } & DenseNetConfig);

export type IrnetConfig = { readonly backbone: BackboneConfig };

/** Where the backbone's weights are: `resnet50.`, `densenet.`, ... */
export function backbonePrefix(backbone: BackboneConfig): string {
  return backbone.family === 'resnet' ? `resnet${backbone.depth}.` : 'densenet.';
}

/** The sides of an image must be multiples of this. */
export function sideMultiple(backbone: BackboneConfig): number {
  return backbone.family === 'resnet' ? 16 : Math.max(16, 2 ** (backbone.blocks.length + 1));
}

/** Boundary logits `[N, 1, H/4, W/4]` and displacements `[N, 2, H/4, W/4]` of images `[N, C, H, W]`. */
export function irnet(scope: Scope, image: Sym, { backbone }: IrnetConfig): IrnetOutputs {
  const prefix = backbonePrefix(backbone).slice(0, -1);
  const stages = backboneStages(frozen(scope.at(prefix)), image, backbone);
  return { edge: edgeHead(scope, stages), displacement: displacementHead(scope, stages) };
}

/** The same weights, but batch normalization always uses its running statistics ("FixedBatchNorm") and dropout is gone. */
function frozen(scope: Scope): Scope {
  return { ...scope, training: false, at: (name) => frozen(scope.at(name)) };
}

/** The stem at stride 4 and every stage after it: strides 4, 4, 8, 16, 16 for a ResNet, 4, 4, 8, 16, 32 for a DenseNet-121. */
function backboneStages(scope: Scope, image: Sym, backbone: BackboneConfig): Sym[] {
  if (backbone.family === 'resnet') return resNetStages(scope, image, backbone, 'plain');
  const taken = new Map<string, Sym>();
  const onStage = (name: string, output: Sym) => void taken.set(name, output);
  const last = relu(denseNetFeatures(scope, image, backbone, onStage));
  const blocks = backbone.blocks.slice(0, -1).map((_, i) => taken.get(`denseblock${i + 1}`)!);
  return [taken.get('pool0')!, ...blocks, last];
}

const edgeChannels = 32;

function edgeHead(scope: Scope, stages: readonly Sym[]): Sym {
  const [, fine] = stages as [Sym, Sym];
  const branches = stages.map((stage, i) =>
    headBlock(scope.at(`fc_edge${i + 1}`), stage, {
      channels: edgeChannels,
      groups: 4,
      like: fine,
    }),
  );
  return conv(scope.at(`fc_edge${stages.length + 1}`), concat(branches, 1), {
    channels: 1,
    size: 1,
    bias: true,
  });
}

function displacementHead(scope: Scope, stages: readonly Sym[]): Sym {
  const [stem, fine, coarse, ...deep] = stages as [Sym, Sym, Sym, ...Sym[]];
  const at = (number: number) => scope.at(`fc_dp${number}`);
  const wide = { channels: 256, groups: 16 };
  const first = headBlock(at(1), stem, { channels: 64, groups: 8, like: stem });
  const second = headBlock(at(2), fine, { channels: 128, groups: 16, like: fine });
  const rest = [coarse, ...deep].map((stage, i) =>
    headBlock(at(i + 3), stage, { ...wide, like: coarse }),
  );
  const next = stages.length + 1;
  const joined = headBlock(at(next), concat(rest, 1), { ...wide, like: fine });
  const last = at(next + 1);
  const all = conv(last.at('0'), concat([first, second, joined], 1), { channels: 256, size: 1 });
  return conv(last.at('3'), relu(groupNorm(last.at('1'), all, { groups: 16 })), {
    channels: 2,
    size: 1,
  });
}

type HeadOptions = { readonly channels: number; readonly groups: number; readonly like: Sym };

/** 1x1 convolution, GroupNorm, upsampling to the map of `like`, ReLU. */
function headBlock(scope: Scope, x: Sym, { channels, groups, like }: HeadOptions): Sym {
  const y = groupNorm(scope.at('1'), conv(scope.at('0'), x, { channels, size: 1 }), { groups });
  const [, , height, width] = like.shape as [number, number, number, number];
  const isThere = y.shape[2] === height && y.shape[3] === width;
  return relu(isThere ? y : resizeBilinear(y, { height, width }));
}
