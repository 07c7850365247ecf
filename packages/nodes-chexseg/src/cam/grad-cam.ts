import { dataError, defineNode, listAccepted, type NodeContext, port } from '@radiograph/graph';
import type { Images, Model, Saliency } from '@radiograph/kinds';
import { z } from 'zod';
import { orderedBatches, packInputs, padBatch } from '../batches/batches.ts';
import { readBackbone } from '../models/architecture.ts';
import { classifierLayers } from '../models/classifier.ts';
import { membersOf } from '../models/ensemble.ts';
import { centerCrop, stretchFrames } from './center-crop.ts';
import { type CamOptions, openCam } from './open-cam.ts';
import { explainSmoothly } from './smooth.ts';

const manual = `Shows where a classifier looks: one Grad-CAM map per image and finding.

The map is ReLU(sum_k w_k A_k) on the grid of a layer, w_k the spatial mean of the gradient of the finding's score with respect to
channel k. All findings come from one forward pass. The grid is kept as it is; consumers upsample it (bilinear).

layer: "norm5" is CheXseg's: the last normalization, BEFORE its ReLU, so A is signed. For it the gradient is known in closed form
(the head is a global average and a linear layer): w_k = W_ck / (H W) times the share of positive positions of channel k. method "auto"
uses that, and reverse-mode differentiation for any other layer ("denseblock1", ...); "autodiff" always differentiates. A ResNet has "layer1" to "layer4";
"norm5" stands for layer4 there, whose gradient is W_ck / (H W).

score: "logit" (default) or "probability". The released CheXseg differentiates the probability, which multiplies every map of a finding by
p (1 - p), 0 for confident images; masks that normalize each map first do not notice, the faithful mode of chexseg.saliency-masks does.

view: what the classifier sees. "frame" is the letterboxed radiograph as it is, and the maps lie where it lies. "center-crop" cuts the middle square
out, as the released code's classifier saw it; the maps' frames lead to where the square lay, so masks made of them come back to the right place and
what the crop left out is not covered. "center-crop-stretched" repeats a fault of the released CheXseg and of the published CheXlocalize maps (method
a.7.1): maps of the crop are said to cover the whole radiograph, which shifts them sideways on wide ones. For IRNet, wire the seen output, so that
images and maps have one frame.

smoothing: "smoothgrad" averages the maps of noisy copies, "smoothgrad-squared" their squares (the released code's option: 5 samples of deviation 0.1 of
the normalized input). It costs a forward pass per sample.

An ensemble gives the plain mean of its members' maps and probabilities.

Source: Selvaraju et al., "Grad-CAM", ICCV 2017, equations 1 and 2; Smilkov et al., "SmoothGrad", 2017; Gadgil et al., MIDL 2021 (method b.2).`;

const params = z.strictObject({
  layer: z
    .string()
    .regex(
      /^(norm5|denseblock[1-5]|layer[1-4])$/,
      'expected norm5, denseblock1 to denseblock5 or layer1 to layer4',
    )
    .default('norm5')
    .describe('layer whose channels are weighted; norm5 = the last one, also of a ResNet'),
  score: z.enum(['logit', 'probability']).default('logit').describe('what is differentiated'),
  method: z
    .enum(['auto', 'closed-form', 'autodiff'])
    .default('auto')
    .describe('how the gradient is found; the result is the same'),
  view: z
    .enum(['frame', 'center-crop', 'center-crop-stretched'])
    .default('frame')
    .describe('what the classifier sees of a radiograph, and where its maps are said to lie'),
  smoothing: z
    .enum(['none', 'smoothgrad', 'smoothgrad-squared'])
    .default('none')
    .describe('averages maps over noisy copies'),
  samples: z.int().min(1).max(200).default(5).describe('noisy copies, for smoothing'),
  noise: z
    .number()
    .min(0)
    .max(10)
    .default(0.1)
    .describe('deviation of the noise in units of the normalized input'),
  classes: z.array(z.string()).default([]).describe('findings to map; empty = all of the model'),
  batchSize: z
    .int()
    .min(1)
    .max(64)
    .default(8)
    .describe('images per call; does not change the result'),
});
type Params = z.infer<typeof params>;

export const gradCam = defineNode({
  type: 'chexseg.grad-cam',
  version: 1,
  title: 'Grad-CAM',
  manual,
  inputs: {
    model: port('model', 'a DenseNet or ResNet classifier', { role: 'classifier' }),
    images: port('images', 'radiographs to explain'),
  },
  outputs: {
    saliency: port('saliency', 'raw maps on the layer’s grid, and probabilities'),
    seen: port('images', 'the radiographs as the classifier saw them, in the maps’ frames'),
  },
  params,
  uses: ['seed', 'engine'],
  shards: { over: 'images', grain: ({ batchSize }) => batchSize },
  run: async ({ model, images }, options, context) => {
    checkImages(model, images);
    const seen = views[options.view](images);
    const maps = await explainMembers(model, seen, { options, context });
    return { saliency: meanSaliency(maps), seen };
  },
});

const views: { readonly [V in Params['view']]: (images: Images) => Images } = {
  frame: (images) => images,
  'center-crop': centerCrop,
  'center-crop-stretched': (images) => stretchFrames(centerCrop(images)),
};

type Explaining = { readonly options: Params; readonly context: NodeContext };

async function explainMembers(
  model: Model,
  images: Images,
  explaining: Explaining,
): Promise<Saliency[]> {
  const maps: Saliency[] = [];
  for (const member of membersOf(model)) maps.push(await explainImages(member, images, explaining));
  return maps;
}

/** The plain mean of the members' maps and probabilities, no map scaled before (the released code's test.py). */
function meanSaliency(members: readonly Saliency[]): Saliency {
  const [first, ...others] = members as [Saliency, ...Saliency[]]; // an ensemble has members
  if (others.length === 0) return first;
  if (others.some(({ grid }) => grid.join() !== first.grid.join()))
    throw dataError('model', 'expected members whose layers have one grid, got several');
  const mean = (key: 'values' | 'probabilities') =>
    first[key].map((_, i) => members.reduce((sum, m) => sum + m[key][i]!, 0) / members.length);
  return { ...first, values: mean('values'), probabilities: mean('probabilities') };
}

async function explainImages(
  model: Model,
  images: Images,
  { options, context }: Explaining,
): Promise<Saliency> {
  const columns = chooseColumns(model, options.classes);
  const batchSize = Math.min(options.batchSize, images.ids.length);
  const cam = await openCam(
    model,
    camOptions(model, options, { columns, batchSize, threads: context.threads }),
  );
  const area = cam.grid[0] * cam.grid[1];
  const values = new Float32Array(images.ids.length * columns.length * area);
  const probabilities = new Float32Array(images.ids.length * columns.length);
  for (const batch of orderedBatches(images.ids.length, batchSize)) {
    const { channels } = readBackbone(model);
    const indices = padBatch(batch, batchSize);
    const image = packInputs(images, indices, { channels, ...model.normalization });
    const maps = await explainSmoothly(
      cam,
      { image, ids: indices.map((i) => images.ids[i]!), seed: context.seed },
      { kind: options.smoothing, samples: options.samples, noise: options.noise },
    );
    values.set(
      maps.values.subarray(0, batch.length * columns.length * area),
      batch[0]! * columns.length * area,
    );
    probabilities.set(
      maps.probabilities.subarray(0, batch.length * columns.length),
      batch[0]! * columns.length,
    );
    context.progress({ done: batch[0]! + batch.length, total: images.ids.length, unit: 'image' });
  }
  await cam.dispose();
  return {
    ids: images.ids,
    classes: columns.map((column) => model.classes[column]!),
    grid: cam.grid,
    frame: [images.height, images.width],
    frames: images.frames,
    values,
    probabilities,
  };
}

function chooseColumns({ classes }: Model, wanted: readonly string[]): number[] {
  const unknown = wanted.find((name) => !classes.includes(name));
  if (unknown !== undefined)
    throw dataError('classes', `expected ${listAccepted(unknown, classes)}, got ${unknown}`);
  return (wanted.length > 0 ? wanted : classes).map((name) => classes.indexOf(name));
}

function checkImages({ inputSize }: Model, images: Images): void {
  if (images.ids.length === 0) throw dataError('images', 'expected at least one image, got none');
  if (images.height === inputSize[0] && images.width === inputSize[1]) return;
  throw dataError(
    'images',
    `expected frames of ${inputSize.join('x')}, the model's, got ${images.height}x${images.width}`,
  );
}

type Compiled = Pick<CamOptions, 'columns' | 'batchSize' | 'threads'>;

function camOptions(
  model: Model,
  { layer, score, method }: Params,
  compiled: Compiled,
): CamOptions {
  const layers = classifierLayers(readBackbone(model));
  const last = layers.at(-1)!; // every network has layers
  const chosen = layer === 'norm5' ? last : layer;
  if (!layers.includes(chosen))
    throw dataError('layer', `expected ${layers.join(', ')}, got ${layer}`);
  if (method === 'closed-form' && chosen !== last)
    throw dataError(
      'method',
      `expected auto or autodiff for layer ${layer}: the closed form holds for ${last} only, got closed-form`,
    );
  const closedForm = method === 'closed-form' || (method === 'auto' && chosen === last);
  return { layer: chosen, score, closedForm, ...compiled };
}
