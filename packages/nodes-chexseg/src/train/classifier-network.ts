/** The DenseNet that a training compiles: where it starts, its loss, and what becomes of its head. */
import type { Model, Normalization } from '@radiograph/kinds';
import {
  type HostTensor,
  initializeWeights,
  type NamedTensors,
  reshape,
  type Scope,
  type Sym,
} from '@radiograph/tensor';
import { binaryCrossEntropy, threeClassCrossEntropy } from '../losses/losses.ts';
import { readDenseNet } from '../models/architecture.ts';
import { type DenseNetConfig, denseNetFeatures, denseNetHead } from '../models/densenet.ts';
import { foldThreeClassHead } from '../models/fold-head.ts';

/** What is trained. */
export type ClassifierNetwork = {
  readonly config: DenseNetConfig;
  readonly normalization: Normalization;
  readonly classes: readonly string[];
  /** Logits per class while training: 3 for U-MultiClass. */
  readonly logits: 1 | 3;
};

/** The network of a start model, whose dropout alone may differ. @throws a data error for another family. */
export function networkOf(
  start: Model,
  dropRate: number,
): Pick<ClassifierNetwork, 'config' | 'normalization'> {
  return { config: { ...readDenseNet(start), dropRate }, normalization: start.normalization };
}

/** The loss of a batch: image `[B, C, H, W]`, target `[B, K * logits]`, weight `[B, K]`. */
export function classifierLoss(
  { image, target, weight }: Readonly<Record<string, Sym>>,
  scope: Scope,
  { config, classes, logits: count }: ClassifierNetwork,
): Sym {
  const features = denseNetFeatures(scope, image!, config);
  const logits = denseNetHead(scope, features, classes.length * count);
  if (count === 1) return binaryCrossEntropy(logits, { target: target!, weight: weight! });
  const shape = [logits.shape[0]!, classes.length, 3];
  return threeClassCrossEntropy(reshape(logits, shape), {
    target: reshape(target!, shape),
    weight: weight!,
  });
}

const head = ['classifier.weight', 'classifier.bias'];

/** Weights drawn from the seed, those of a start model in their place; its head too if it has the same classes. */
export function startWeights(
  { config, classes, logits }: ClassifierNetwork,
  start: Model,
  { seed, side }: { readonly seed: number; readonly side: number },
): NamedTensors {
  const drawn = initializeWeights(
    ({ image }, scope) => ({
      logits: denseNetHead(scope, denseNetFeatures(scope, image!, config), classes.length * logits),
    }),
    { image: [1, config.channels, side, side] },
    seed,
  );
  const isSameHead = logits === 1 && start.classes.join() === classes.join();
  return new Map(
    [...drawn].map(([name, tensor]): [string, HostTensor] => {
      const known = head.includes(name) && !isSameHead ? undefined : start.weights.get(name);
      return [name, known ?? tensor];
    }),
  );
}

/** The weights of a classifier with one logit per class. */
export function finishHead(weights: NamedTensors, { logits }: ClassifierNetwork): NamedTensors {
  if (logits === 1) return weights;
  return new Map(
    [...weights].map(([name, tensor]): [string, HostTensor] => [
      name,
      head.includes(name) ? foldThreeClassHead(tensor) : tensor,
    ]),
  );
}
