import { dataError, defineNode, type NodeContext, type NodeType, port } from '@radiograph/graph';
import type { Model, ModelRole, Normalization } from '@radiograph/kinds';
import { z } from 'zod';
import { foldThreeClassHead } from '../models/fold-head.ts';
import { type InferredNetwork, inferClassifier, inferSegmenter } from '../models/infer-network.ts';
import { networkOf } from '../models/network.ts';
import { readHead } from './file-classes.ts';
import { type OpenedWeights, openWeights } from './open-weights.ts';
import { readDescription } from './own-model.ts';
import { takeWeights } from './take-weights.ts';

const formats = `file: .safetensors; .pth, .pt, .ckpt or .pth.tar of torch.save; .onnx. A PyTorch file is a pickle, and a pickle is a program: here only tensors and
plain containers are read. Other objects in it (paths, dtypes, callbacks) are placeholders, a name that would run something is refused, and nothing
is ever run. An ONNX model whose data lie in other files finds them beside it, named after it (model.onnx.data); a normalization that PyTorch's
export folded into a convolution is taken apart again.

A file that chexseg.export-model wrote gives the model back as it was, to the bit: its metadata say what weights cannot. Parameters that are set here
stand above it, and the log says so.

In any other file the network is found from the names and shapes of the weights, under whatever name a program gave it (module., _orig_mod.,
model.backbone., ...). Names become torchvision's: old dense layers (norm.1, conv.2) are renamed, and of a MoCo file (MoCo-CXR) the query encoder is
taken without its projection head. Tensors that the network does not have are named in the log; missing ones are an error that names the nearest.`;

const normalizations = {
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  chexpert: { mean: 0.502, std: 0.085585 },
  torchxrayvision: { mean: 0.5, std: 1 / 2048 }, // (2 x / maximum - 1) * 1024
} as const;

const defaultSize = 320;

const common = {
  file: z.string().min(1).default('model.pth').describe('file of weights'),
  classes: z
    .array(z.string())
    .default([])
    .describe('names of the outputs in order; empty = as the file says, else by their number'),
  size: z
    .int()
    .min(0)
    .max(2048)
    .refine((size) => size === 0 || size >= 16, '0, or at least 16')
    .default(0)
    .describe(`side of the images in pixels; 0 = as the file says, else ${defaultSize}`),
  normalization: z
    .enum(['auto', 'imagenet', 'chexpert', 'torchxrayvision'])
    .default('auto')
    .describe(
      'input scale; auto = as the file says, else torchxrayvision for one channel, chexpert for a segmenter, and imagenet',
    ),
};

/** A classifier, or an encoder alone, from a file. */
export const modelFile: NodeType = defineNode({
  type: 'chexseg.model-file',
  version: 1,
  title: 'Model file',
  manual: `Loads a classifier or an encoder from a file: DenseNet, ResNet-18 to -152, ResNeXt or wide ResNet, from CheXpert, ImageNet, MoCo or torchxrayvision.

${formats}

A network with a head is a classifier. classes names its outputs; without, 14 outputs are CheXseg's tasks, 10 the findings, 18 those of
torchxrayvision; three logits per class (U-MultiClass) are folded into one with the same probabilities. ImageNet's 1000 outputs are left out: such
a file and a MoCo file are encoders, to start a training from.

One input channel means torchxrayvision's convention: pixels in -1024..1024, 224 x 224 (set size to 224); its operating points (op_threshs)
become thresholds. Its own files are pickled programs and are refused; save their state_dict() first.`,
  inputs: {},
  outputs: { model: port('model', 'the network', { role: 'classifier' }) },
  params: z.strictObject(common),
  sources: ({ file }) => [file],
  run: async (_, options, context) => {
    const opened = await openWeights(options.file, context);
    const own = readOwn(opened, { role: 'classifier', options, context });
    if (own !== undefined) return { model: own };
    const network = inferClassifier(opened.weights, opened.path);
    return { model: toModel({ role: 'classifier', network, path: opened.path, options }, context) };
  },
});

/** A segmenter from a file. */
export const segmenterFile: NodeType = defineNode({
  type: 'chexseg.segmenter-file',
  version: 1,
  title: 'Segmenter file',
  manual: `Loads a DeepLabv3+ segmenter on a ResNet or DenseNet from a file, as CheXseg and segmentation_models.pytorch 0.1.2 save it.

${formats}

rates are the pyramid's dilations and outputStride how much smaller its map is than the image. No weight tells either, and a network that was trained at
another gives other masks without a word: where a checkpoint keeps its settings (encoder_output_stride, decoder_atrous_rates of a Lightning file) they
are read; otherwise they are [12, 24, 36] and 16, as in the released code, which the log says. thresholds are the decision thresholds of the classes
(CheXseg keeps them in thresholds.txt).`,
  inputs: {},
  outputs: { model: port('model', 'the segmenter', { role: 'segmenter' }) },
  params: z.strictObject({
    ...common,
    rates: z
      .array(z.int().min(1))
      .max(3)
      .refine(({ length }) => length === 0 || length === 3, 'three dilations, or none')
      .default([])
      .describe('dilations of the pyramid; empty = as the file says, else 12, 24, 36'),
    outputStride: z
      .enum(['auto', '8', '16'])
      .default('auto')
      .describe('side of the image over that of the pyramid; auto = as the file says, else 16'),
    thresholds: z
      .array(z.number().min(0).max(1))
      .default([])
      .describe('decision threshold of each class; empty = as the file says, else 0.5'),
  }),
  sources: ({ file }) => [file],
  run: async (_, options, context) => {
    const opened = await openWeights(options.file, context);
    const model =
      readOwn(opened, { role: 'segmenter', options, context }) ??
      inferOther(opened, { options, context });
    const thresholds =
      options.thresholds.length > 0
        ? options.thresholds
        : (model.thresholds ?? model.classes.map(() => 0.5));
    if (thresholds.length !== model.classes.length)
      throw dataError(
        'thresholds',
        `expected ${model.classes.length} numbers, got ${thresholds.length}`,
      );
    return { model: { ...model, thresholds } };
  },
});

/** A boundary network from a file. */
export const boundaryFile: NodeType = defineNode({
  type: 'chexseg.boundary-file',
  version: 1,
  title: 'Boundary file',
  manual: `Loads a boundary network (IRNet) that chexseg.export-model wrote, as safetensors or ONNX: the same model, to the bit.

Files of other programs are refused: their weights do not say which backbone and which input scale they were trained with.`,
  inputs: {},
  outputs: { model: port('model', 'the boundary network', { role: 'boundary' }) },
  params: z.strictObject({ file: common.file }),
  sources: ({ file }) => [file],
  run: async (_, { file }, context) => {
    const opened = await openWeights(file, context);
    const options = { classes: [], size: 0, normalization: 'auto' as const };
    const model = readOwn(opened, { role: 'boundary', options, context });
    if (model !== undefined) return { model };
    throw dataError(
      opened.path,
      'expected a file of chexseg.export-model, got one without its metadata',
    );
  },
});

type CommonOptions = {
  readonly classes: readonly string[];
  readonly size: number;
  readonly normalization: 'auto' | keyof typeof normalizations;
};
type SegmenterOptions = CommonOptions & {
  readonly rates: readonly number[];
  readonly outputStride: 'auto' | '8' | '16';
};

type Owning = {
  readonly role: ModelRole;
  readonly options: CommonOptions & Partial<SegmenterOptions>;
  readonly context: NodeContext;
};

/** The model that we wrote, with what the parameters say otherwise; undefined for a file of others. */
function readOwn(
  { weights, metadata, path }: OpenedWeights,
  { role, options, context }: Owning,
): Model | undefined {
  const description = readDescription(metadata, { path, role });
  if (description === undefined) return undefined;
  const changes = changesOf(description, options);
  if (options.classes.length > 0 && options.classes.length !== description.classes.length)
    throw dataError(
      'classes',
      `expected ${description.classes.length} names, got ${options.classes.length}`,
    );
  for (const [name, value] of Object.entries(changes))
    context.log(`${name} ${JSON.stringify(value)} is set here; the file says otherwise`);
  const model: Model = { ...description, ...changes, weights };
  const { channels, forward } = networkOf(model);
  const taken = takeWeights(weights, {
    ...{ forward, path, log: context.log },
    image: [1, channels, ...model.inputSize],
  });
  return { ...model, weights: taken };
}

/** What parameters set and the file says otherwise. */
function changesOf(
  { architecture, ...file }: Omit<Model, 'weights'>,
  { classes, size, normalization, rates = [], outputStride = 'auto' }: Owning['options'],
): Partial<Omit<Model, 'weights'>> {
  const wanted = {
    ...(classes.length > 0 ? { classes } : {}),
    ...(size > 0 ? { inputSize: [size, size] as const } : {}),
    ...(normalization === 'auto' ? {} : { normalization: normalizations[normalization] }),
    architecture: {
      ...architecture,
      ...(rates.length > 0 ? { rates } : {}),
      ...(outputStride === 'auto' ? {} : { outputStride: Number(outputStride) }),
    },
  };
  const before: Record<string, unknown> = { ...file, architecture: withStride(architecture) };
  const changed = Object.entries(wanted).filter(([name, value]) => {
    const after = name === 'architecture' ? withStride(wanted.architecture) : value;
    return JSON.stringify(before[name]) !== JSON.stringify(after);
  });
  return Object.fromEntries(changed);
}

/** An architecture without a stride has that of 16. */
const withStride = (architecture: Model['architecture']): object =>
  architecture.family.startsWith('deeplab') ? { outputStride: 16, ...architecture } : architecture;

/** A segmenter of other programs. */
function inferOther(
  { weights, metadata, path }: OpenedWeights,
  { options, context }: { readonly options: SegmenterOptions; readonly context: NodeContext },
): Model {
  const said = readSettings(metadata);
  const rates = options.rates.length > 0 ? options.rates : (said.rates ?? [12, 24, 36]);
  const stride =
    options.outputStride === 'auto' ? (said.outputStride ?? 16) : Number(options.outputStride);
  if (stride !== 8 && stride !== 16)
    throw dataError(path, `expected an output stride of 8 or 16, got ${stride}`);
  if (options.outputStride === 'auto' && said.outputStride === undefined)
    context.log(
      'the file does not say its output stride: 16 is taken; set outputStride to 8 for a model that was trained so',
    );
  const network = inferSegmenter(weights, { path, rates, outputStride: stride });
  return toModel({ role: 'segmenter', network, path, options }, context);
}

/** What segmentation_models.pytorch calls them, in the settings of a checkpoint. */
function readSettings(metadata: Readonly<Record<string, string>>): {
  readonly rates?: readonly number[];
  readonly outputStride?: number;
} {
  const stride = Number(metadata.encoder_output_stride ?? metadata.output_stride ?? Number.NaN);
  const rates = (metadata.decoder_atrous_rates ?? '').match(/\d+/g)?.map(Number) ?? [];
  return {
    ...(Number.isNaN(stride) ? {} : { outputStride: stride }),
    ...(rates.length === 3 ? { rates } : {}),
  };
}

type Loading = {
  readonly role: ModelRole;
  readonly network: InferredNetwork;
  readonly path: string;
  readonly options: CommonOptions;
};

/** A model of other programs: what the weights do not say comes from parameters and conventions. */
function toModel({ role, network, path, options }: Loading, context: NodeContext): Model {
  const { head, channels, weights } = network;
  const reading = head === undefined ? undefined : readHead(head.outputs, options.classes, path);
  const size = options.size === 0 ? defaultSize : options.size;
  const taken = takeWeights(weights, {
    ...{ path, log: context.log, image: [1, channels, size, size] },
    forward:
      head === undefined || reading === undefined
        ? network.encoder
        : head.forward(reading.classes.length),
    adapt: (name, stored) => {
      const isHead = name === head?.weight || name === head?.bias;
      return isHead && reading?.isThreeClass === true ? foldThreeClassHead(stored) : stored;
    },
  });
  const conventional = role === 'segmenter' ? 'chexpert' : 'imagenet';
  return {
    role,
    architecture: network.architecture,
    classes: reading?.classes ?? [],
    inputSize: [size, size],
    normalization: normalizationOf(options.normalization, { channels, conventional }),
    thresholds: reading === undefined ? null : readThresholds(weights, reading.classes.length),
    weights: taken,
  };
}

type Conventions = { readonly channels: number; readonly conventional: 'chexpert' | 'imagenet' };

function normalizationOf(
  choice: CommonOptions['normalization'],
  { channels, conventional }: Conventions,
): Normalization {
  if (choice !== 'auto') return normalizations[choice];
  const isXrv = channels === 1 && conventional === 'imagenet';
  return normalizations[isXrv ? 'torchxrayvision' : conventional];
}

/** torchxrayvision keeps an operating point per output; NaN where it has none. */
function readThresholds(
  weights: OpenedWeights['weights'],
  count: number,
): readonly number[] | null {
  const points = weights.get('op_threshs');
  if (points === undefined || points.data.length !== count) return null;
  return [...points.data].map((value) => (Number.isNaN(value) ? 0.5 : value));
}
