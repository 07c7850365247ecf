import { readFile } from 'node:fs/promises';
import { readWeights, type Weights } from '@radiograph/formats';
import {
  dataError,
  defineNode,
  type NodeContext,
  type NodeType,
  port,
  RadiographError,
} from '@radiograph/graph';
import type { Model, ModelRole, Normalization, WeightTensor } from '@radiograph/kinds';
import { declareWeights } from '@radiograph/tensor';
import { z } from 'zod';
import { foldThreeClassHead } from '../models/fold-head.ts';
import { type InferredNetwork, inferClassifier, inferSegmenter } from '../models/infer-network.ts';
import { readHead } from './file-classes.ts';

const formats = `file: .safetensors; .pth, .pt, .ckpt or .pth.tar of torch.save; .onnx (exported without folding batch normalization). A PyTorch file is a pickle, and
a pickle is a program: here only tensors and plain containers are read, every other name in it is refused and named, nothing is ever run.

The network is found from the names and shapes of the weights. Names become torchvision's: wrappers are stripped (model.model. of CheXseg's
Lightning checkpoints, module., model.), old dense layers (norm.1, conv.2) renamed, and of a MoCo file (MoCo-CXR) the query encoder is
taken without its projection head. Tensors that the network does not have are named in the log; missing ones are an error.`;

const normalizations = {
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  chexpert: { mean: 0.502, std: 0.085585 },
  torchxrayvision: { mean: 0.5, std: 1 / 2048 }, // (2 x / maximum - 1) * 1024
} as const;

const common = {
  file: z.string().min(1).default('model.pth').describe('file of weights'),
  classes: z
    .array(z.string())
    .default([])
    .describe('names of the outputs in order; empty = by their number'),
  size: z.int().min(16).max(2048).default(320).describe('side of the images in pixels'),
  normalization: z
    .enum(['auto', 'imagenet', 'chexpert', 'torchxrayvision'])
    .default('auto')
    .describe('input scale; auto = torchxrayvision for one channel, else imagenet'),
};

/** A classifier, or an encoder alone, from a file. */
export const modelFile: NodeType = defineNode({
  type: 'chexseg.model-file',
  version: 1,
  title: 'Model file',
  manual: `Loads a classifier or an encoder from a file: DenseNet or ResNet-18, 34, 50, from CheXpert, ImageNet, MoCo or torchxrayvision.

${formats}

A DenseNet with a head is a classifier. classes names its outputs; without, 14 outputs are CheXseg's tasks, 10 the findings, 18 those of
torchxrayvision; three logits per class (U-MultiClass) are folded into one with the same probabilities. ImageNet's 1000 outputs are left out: such
a file, a MoCo file and a ResNet are encoders, to start a training from.

One input channel means torchxrayvision's convention: pixels in -1024..1024, 224 x 224 (set size to 224); its operating points (op_threshs)
become thresholds. Its own files are pickled programs and are refused; save their state_dict() first.`,
  inputs: {},
  outputs: { model: port('model', 'the network', { role: 'classifier' }) },
  params: z.strictObject(common),
  sources: ({ file }) => [file],
  run: async (_, options, context) => {
    const { weights, path } = await openFile(options.file, context);
    const network = inferClassifier(weights, path);
    return { model: toModel({ role: 'classifier', network, weights, path, options }, context) };
  },
});

/** A segmenter from a file. */
export const segmenterFile: NodeType = defineNode({
  type: 'chexseg.segmenter-file',
  version: 1,
  title: 'Segmenter file',
  manual: `Loads a DeepLabv3+ segmenter from a file, as CheXseg and segmentation_models.pytorch 0.1.2 save it.

${formats}

rates are the pyramid's dilations, which no weight tells: [12, 24, 36] in the released code. thresholds are the decision thresholds of the
classes (CheXseg keeps them in thresholds.txt); empty = 0.5.`,
  inputs: {},
  outputs: { model: port('model', 'the segmenter', { role: 'segmenter' }) },
  params: z.strictObject({
    ...common,
    normalization: common.normalization.default('chexpert').describe('input scale'),
    rates: z
      .array(z.int().min(1))
      .length(3)
      .default([12, 24, 36])
      .describe('dilations of the pyramid'),
    thresholds: z
      .array(z.number().min(0).max(1))
      .default([])
      .describe('decision threshold of each class; empty = 0.5'),
  }),
  sources: ({ file }) => [file],
  run: async (_, options, context) => {
    const { weights, path } = await openFile(options.file, context);
    const network = inferSegmenter(weights, { path, rates: options.rates });
    const model = toModel({ role: 'segmenter', network, weights, path, options }, context);
    const thresholds =
      options.thresholds.length > 0 ? options.thresholds : model.classes.map(() => 0.5);
    if (thresholds.length !== model.classes.length)
      throw dataError(
        'thresholds',
        `expected ${model.classes.length} numbers, got ${thresholds.length}`,
      );
    return { model: { ...model, thresholds } };
  },
});

async function openFile(
  file: string,
  context: NodeContext,
): Promise<{ readonly weights: Weights; readonly path: string }> {
  const path = context.resolvePath(file);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw dataError(path, 'expected a file of weights, got nothing that can be read', { cause });
  });
  return { weights: readWeights(bytes, path), path };
}

type Loading = {
  readonly role: ModelRole;
  readonly network: InferredNetwork;
  readonly weights: Weights;
  readonly path: string;
  readonly options: {
    readonly classes: readonly string[];
    readonly size: number;
    readonly normalization: 'auto' | keyof typeof normalizations;
  };
};

function toModel(loading: Loading, context: NodeContext): Model {
  const { role, network, path, options } = loading;
  const { head, channels } = network;
  const reading = head === undefined ? undefined : readHead(head.outputs, options.classes, path);
  const weights = takeWeights(loading, reading?.isThreeClass ?? false, {
    forward:
      head === undefined || reading === undefined
        ? network.encoder
        : head.forward(reading.classes.length),
    context,
  });
  return {
    role,
    architecture: network.architecture,
    classes: reading?.classes ?? [],
    inputSize: [options.size, options.size],
    normalization: normalizationOf(options.normalization, channels),
    thresholds:
      reading === undefined ? null : readThresholds(loading.weights, reading.classes.length),
    weights,
  };
}

type Taking = { readonly forward: InferredNetwork['encoder']; readonly context: NodeContext };

/** The weights that the network declares. @throws a data error with every one that is missing or of another shape. */
function takeWeights(
  { weights, network: { head, channels }, path, options: { size } }: Loading,
  isThreeClass: boolean,
  { forward, context }: Taking,
): ReadonlyMap<string, WeightTensor> {
  const declared = declareWeights(forward, { image: [1, channels, size, size] });
  const problems: string[] = [];
  const taken = new Map<string, WeightTensor>();
  for (const [name, shape] of declared) {
    const stored = weights.get(name);
    const isHead = name === head?.weight || name === head?.bias;
    const weight =
      stored !== undefined && isHead && isThreeClass ? foldThreeClassHead(stored) : stored;
    if (weight?.shape.join() === shape.join()) taken.set(name, weight);
    else
      problems.push(
        `${name}: expected ${shape.join('x')}, got ${weight?.shape.join('x') ?? 'nothing'}`,
      );
  }
  if (problems.length > 0)
    throw new RadiographError(
      'data',
      problems.slice(0, 20).map((message) => ({ path, message })),
    );
  const unused = [...weights.keys()].filter((name) => !declared.has(name));
  if (unused.length > 0)
    context.log(
      `${unused.length} tensors of the file are not used: ${unused.slice(0, 8).join(', ')}`,
    );
  return taken;
}

function normalizationOf(
  choice: Loading['options']['normalization'],
  channels: number,
): Normalization {
  if (choice !== 'auto') return normalizations[choice];
  return channels === 1 ? normalizations.torchxrayvision : normalizations.imagenet;
}

/** torchxrayvision keeps an operating point per output; NaN where it has none. */
function readThresholds(weights: Weights, count: number): readonly number[] | null {
  const points = weights.get('op_threshs');
  if (points === undefined || points.data.length !== count) return null;
  return [...points.data].map((value) => (Number.isNaN(value) ? 0.5 : value));
}
