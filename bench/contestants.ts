/** The method's networks as this repository computes them: training steps and inference at one batch size. */
import { createRandom } from '@radiograph/statistics';
import {
  adam,
  createPredictor,
  createTrainer,
  type Engine,
  type Forward,
  initializeWeights,
  type Scope,
  type Shape,
  type Sym,
  sgd,
} from '@radiograph/tensor';
import {
  irnetLoss,
  irnetTerms,
  type PairWeightSyms,
} from '../packages/nodes-chexseg/src/irnet/losses.ts';
import { listSearchPaths, sourceWindow } from '../packages/nodes-chexseg/src/irnet/path-index.ts';
import {
  binaryCrossEntropy,
  classAverageDice,
} from '../packages/nodes-chexseg/src/losses/losses.ts';
import { deepLab } from '../packages/nodes-chexseg/src/models/deeplab.ts';
import {
  denseNet121,
  denseNetFeatures,
  denseNetHead,
} from '../packages/nodes-chexseg/src/models/densenet.ts';
import { backbonePrefix, irnet } from '../packages/nodes-chexseg/src/models/irnet.ts';
import type { ResNetDepth } from '../packages/nodes-chexseg/src/models/resnet.ts';

/** Images per step and their side. */
export type Setting = { readonly batch: number; readonly size: number };

export const paperSetting: Setting = { batch: 8, size: 320 };
export const threads = 2;

type TrainerOptions = Parameters<typeof createTrainer>[0];
type Training = Pick<TrainerOptions, 'inputs' | 'loss' | 'optimizer' | 'frozen'>;
type Syms = Readonly<Record<string, Sym>>;

const imageOf = ({ batch, size }: Setting): Shape => [batch, 3, size, size];

const denseNet: Forward = ({ image }, scope) => ({
  logits: denseNetHead(scope, denseNetFeatures(scope, image!, denseNet121), 14),
});

const deepLabOf =
  (depth: ResNetDepth): Forward =>
  ({ image }, scope) => ({
    logits: deepLab(scope, image!, {
      depth,
      width: 64,
      rates: [6, 12, 18],
      decoderChannels: 256,
      channels: 3,
      classes: 10,
    }),
  });

function trainDenseNet(setting: Setting): Training {
  return {
    inputs: { image: imageOf(setting), target: [setting.batch, 14] },
    loss: (inputs, scope) => {
      const target = inputs.target!;
      return {
        loss: binaryCrossEntropy(denseNet(inputs, scope).logits!, { target, weight: target }),
      };
    },
    optimizer: adam(),
  };
}

const trainDeepLab =
  (depth: ResNetDepth) =>
  (setting: Setting): Training => ({
    inputs: {
      image: imageOf(setting),
      target: [setting.batch, 10, setting.size, setting.size],
    },
    loss: (inputs, scope) => {
      const target = inputs.target!;
      return {
        loss: classAverageDice(deepLabOf(depth)(inputs, scope).logits!, { target, weight: target }),
      };
    },
    optimizer: adam(),
  });

/** Both heads on a frozen ResNet-50, pairs within 10 pixels of the map (method.md b.5). */
function trainIrnet(setting: Setting): Training {
  const radius = 10;
  const backbone = { family: 'resnet', depth: 50, width: 64, channels: 3 } as const;
  const window = sourceWindow([setting.size / 4, setting.size / 4], radius);
  const pairs = [setting.batch, listSearchPaths(radius).length, window.height, window.width];
  return {
    inputs: {
      image: imageOf(setting),
      alike: pairs,
      apart: pairs,
      foregroundShift: pairs,
      backgroundShift: pairs,
    },
    loss: ({ image, ...weights }: Syms, scope: Scope) => ({
      loss: irnetLoss(
        irnetTerms(irnet(scope, image!, { backbone }), weights as PairWeightSyms, radius), // its inputs
      ),
    }),
    optimizer: sgd({ momentum: 0.9, weightDecay: 1e-4 }),
    frozen: (name) => name.startsWith(backbonePrefix(backbone)),
  };
}

/** Training steps by the name of their network. */
export const trainings: Readonly<Record<string, (setting: Setting) => Training>> = {
  densenet121: trainDenseNet,
  'deeplab-r18': trainDeepLab(18),
  'deeplab-r50': trainDeepLab(50),
  irnet: trainIrnet,
};

const inferences: Readonly<Record<string, Forward>> = {
  densenet121: denseNet,
  'deeplab-r18': deepLabOf(18),
};

export type Contestant = {
  readonly step: () => Promise<unknown>;
  readonly dispose: () => Promise<void>;
};

/** Compiles a training step; an engine other than the default one may watch it. */
export async function openTraining(training: Training, engine?: Engine): Promise<Contestant> {
  const trainer = await createTrainer({
    ...training,
    seed: 1,
    threads,
    ...(engine === undefined ? {} : { engine }),
  });
  const feeds = Object.fromEntries(
    Object.entries(training.inputs).map(([name, shape]) => [
      name,
      // Everything but the image is 0 or 1.
      name === 'image' ? noise(shape) : noise(shape).map((value) => (value < -0.5 ? 1 : 0)),
    ]),
  );
  return {
    step: () => trainer.step(feeds, { learningRate: 1e-4 }),
    dispose: () => trainer.dispose(),
  };
}

export async function openInference(name: string, setting: Setting): Promise<Contestant> {
  const forward = inferences[name]!;
  const image = imageOf(setting);
  const weights = initializeWeights(forward, { image }, 1);
  const predictor = await createPredictor({ inputs: { image }, forward, weights, threads });
  const feeds = { image: noise(image) };
  return { step: () => predictor.predict(feeds), dispose: () => predictor.dispose() };
}

function noise(shape: Shape): Float32Array {
  const random = createRandom(1, 'bench');
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal());
}
