/** Training steps and inference of the method's networks against PyTorch, on the same cores. */

import {
  adam,
  createPredictor,
  createRandom,
  createTrainer,
  type Forward,
  initializeWeights,
  type Shape,
  type Sym,
} from '@radiograph/tensor';
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
import type { ResNetDepth } from '../packages/nodes-chexseg/src/models/resnet.ts';
import { type Bench, compare, type Row, timeMs } from './measure.ts';
import { openPeer } from './peer-process.ts';

// The paper's setting, or smaller for a quick look: npm run bench -- engine 2 96
const batch = Number(process.argv[3] ?? 8);
const size = Number(process.argv[4] ?? 320);
const threads = 2;
const trainRuns = 3;
const inferRuns = 5;

type Network = {
  readonly logits: Forward;
  readonly target: Shape;
  readonly loss: (logits: Sym, target: Sym) => Sym;
};

const image: Shape = [batch, 3, size, size];
const networks: Readonly<Record<string, Network>> = {
  densenet121: {
    logits: ({ image: x }, scope) => ({
      logits: denseNetHead(scope, denseNetFeatures(scope, x!, denseNet121), 14),
    }),
    target: [batch, 14],
    loss: (logits, target) => binaryCrossEntropy(logits, { target, weight: target }),
  },
  'deeplab-r18': deepLabOf(18),
  'deeplab-r50': deepLabOf(50),
};

function deepLabOf(depth: ResNetDepth): Network {
  const config = {
    depth,
    width: 64,
    rates: [6, 12, 18],
    decoderChannels: 256,
    channels: 3,
    classes: 10,
  };
  return {
    logits: ({ image: x }, scope) => ({ logits: deepLab(scope, x!, config) }),
    target: [batch, 10, size, size],
    loss: (logits, target) => classAverageDice(logits, { target, weight: target }),
  };
}

const works = [
  'densenet121 train',
  'densenet121 infer',
  'deeplab-r18 train',
  'deeplab-r18 infer',
  'deeplab-r50 train',
] as const;

export const bench: Bench = {
  title: `One step at batch ${batch}, ${size} x ${size}, ${threads} threads; PyTorch eager in the faster of NCHW and channels_last`,
  async run() {
    const peer = await openPeer('engine.py', {
      BATCH: String(batch),
      SIZE: String(size),
      THREADS: String(threads),
    });
    const rows: Row[] = [];
    for (const work of works) {
      const [name, mode] = work.split(' ') as [string, 'train' | 'infer'];
      const ours =
        mode === 'train'
          ? await openTraining(networks[name]!)
          : await openInference(networks[name]!);
      // Warm-up: ONNX Runtime's memory still grows in the second step; the peer has had three by its first measured one.
      await ours.step();
      await ours.step();
      await peer.ask(work);
      const runs = mode === 'train' ? trainRuns : inferRuns;
      rows.push(
        await compare({ work, runs, ours: () => timeMs(ours.step), peer: () => peer.ask(work) }),
      );
      await ours.dispose();
    }
    peer.close();
    return { rows, peer: peer.versions };
  },
};

type Contestant = { readonly step: () => Promise<unknown>; readonly dispose: () => Promise<void> };

async function openTraining({ logits, target, loss }: Network): Promise<Contestant> {
  const trainer = await createTrainer({
    inputs: { image, target },
    loss: (inputs, scope) => ({ loss: loss(logits(inputs, scope).logits!, inputs.target!) }),
    optimizer: adam(),
    seed: 1,
    threads,
  });
  const feeds = {
    image: noise(image),
    target: noise(target).map((value) => (value < -0.5 ? 1 : 0)),
  };
  return {
    step: () => trainer.step(feeds, { learningRate: 1e-4 }),
    dispose: () => trainer.dispose(),
  };
}

async function openInference({ logits }: Network): Promise<Contestant> {
  const weights = initializeWeights(logits, { image }, 1);
  const predictor = await createPredictor({ inputs: { image }, forward: logits, weights, threads });
  const feeds = { image: noise(image) };
  return { step: () => predictor.predict(feeds), dispose: () => predictor.dispose() };
}

function noise(shape: Shape): Float32Array {
  const random = createRandom(1, 'bench');
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal());
}
