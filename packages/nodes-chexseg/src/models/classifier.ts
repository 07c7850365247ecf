/** Classifiers as one kind of thing: features, the layers that Grad-CAM may look at, and a head, whatever the backbone. */
import { dense, globalAvgPool, reshape, type Scope, type Sym } from '@radiograph/tensor';
import { denseNetFeatures, denseNetHead, type OnStage } from './densenet.ts';
import type { BackboneConfig } from './irnet.ts';
import { resNetStages } from './resnet.ts';

type Config<F extends BackboneConfig['family']> = Extract<BackboneConfig, { readonly family: F }>;

type Rules<F extends BackboneConfig['family']> = {
  /** Names of layers, the last one that of the features. */
  readonly layers: (config: Config<F>) => readonly string[];
  /** Maps before the head; every layer is handed to `onStage` by its name. */
  readonly features: (scope: Scope, image: Sym, config: Config<F>, onStage: OnStage) => Sym;
  readonly head: (scope: Scope, features: Sym, classes: number) => Sym;
  readonly headName: string;
  /** Whether the head begins with a ReLU: then features may be negative, and such positions have no gradient. */
  readonly hasReluInHead: boolean;
};

const families: { readonly [F in BackboneConfig['family']]: Rules<F> } = {
  densenet: {
    layers: ({ blocks }) => [...blocks.map((_, i) => `denseblock${i + 1}`), 'norm5'],
    features: denseNetFeatures,
    head: denseNetHead,
    headName: 'classifier',
    hasReluInHead: true,
  },
  resnet: {
    layers: () => ['layer1', 'layer2', 'layer3', 'layer4'],
    features(scope, image, config, onStage) {
      const [, ...stages] = resNetStages(scope, image, config, 'strided');
      for (const [i, stage] of stages.entries()) onStage(`layer${i + 1}`, stage);
      return stages.at(-1)!; // four stages
    },
    head: (scope, features, classes) =>
      dense(
        scope.at('fc'),
        reshape(globalAvgPool(features), [features.shape[0]!, features.shape[1]!]),
        { features: classes },
      ),
    headName: 'fc',
    hasReluInHead: false,
  },
};

const rulesOf = (config: BackboneConfig) =>
  families[config.family] as Rules<BackboneConfig['family']>; // rules and config are of one family

/** The layers that maps can be made of, from the first to that of the features. */
export const classifierLayers = (config: BackboneConfig): readonly string[] =>
  rulesOf(config).layers(config);

/** `classifier` or `fc`: the weights of the head are `<name>.weight` `[classes, F]` and `<name>.bias`. */
export const headOf = (config: BackboneConfig): Pick<Rules<never>, 'headName' | 'hasReluInHead'> =>
  rulesOf(config);

/** Maps `[N, F, H/32, W/32]` of images `[N, C, H, W]`, before the head. */
export function classifierFeatures(
  scope: Scope,
  image: Sym,
  config: BackboneConfig,
  onStage: OnStage = () => {},
): Sym {
  return rulesOf(config).features(scope, image, config, onStage);
}

/** Logits `[N, classes]` of features. */
export function classifierHead(
  scope: Scope,
  features: Sym,
  config: BackboneConfig,
  classes: number,
): Sym {
  return rulesOf(config).head(scope, features, classes);
}
