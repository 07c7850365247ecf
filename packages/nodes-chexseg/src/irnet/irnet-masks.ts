import { dataError, defineNode, optional, port } from '@radiograph/graph';
import {
  emptyRle,
  encodeRle,
  type Images,
  type Masks,
  type Model,
  resizeBilinear,
  type Saliency,
  type Size,
} from '@radiograph/kinds';
import { createPredictor } from '@radiograph/tensor';
import { z } from 'zod';
import { packInputs } from '../batches/batches.ts';
import { readIrnet } from '../models/architecture.ts';
import { irnet } from '../models/irnet.ts';
import { chooseMaps, createGate, gateParams, mapOf, requireLabels } from '../pseudo/gate.ts';
import { scaleByMaximum } from './label-map.ts';
import { mapsFor } from './maps-for.ts';
import { spreadSeeds } from './random-walk.ts';

const manual = `Turns saliency maps into pseudo-labels that end at boundaries: the random walk of IRNet.

IRNet says where boundaries are (the mean of the image and its mirror image). Saliency walks from pixel to pixel of the network's map, a quarter of
the frame; a step across a strong boundary is unlikely. The result is upsampled (bilinear), divided by its maximum, and thresholded.
The walk is computed on a sparse matrix for all findings at once; the released code squares a dense one (the same numbers, see bench method).

Defaults are CheXseg's: radius 3, beta 5, 8 steps (its exp_times 3 means 2^3), threshold 0.6, each finding by itself. IRNet: radius 5, beta 10, 256
steps, threshold 0.25, and competition "strongest": a pixel belongs to the strongest finding only, and maps are divided by the maximum of all.
More steps and a larger beta spread farther and stop harder. The scores output keeps the walked maps: chexseg.saliency-masks tries other thresholds on
them without another walk. Do not choose the threshold on test images.

A gate decides whether a finding is there (see chexseg.saliency-masks). Differences from the released code (method a.7.3), brought back by parameters:
it has no gate, so every finding of every image gets foreground (gate "none"); a map of nothing becomes 0 / 0 and the whole image foreground
(emptyMap "everything"; here the mask is empty).

Source: Ahn et al., CVPR 2019, section 4.3; Gadgil et al., MIDL 2021 (method b.6).`;

const params = z.strictObject({
  radius: z.int().min(2).max(20).default(3).describe('reach of a step in the network’s map'),
  beta: z.number().gt(0).max(100).default(5).describe('sharpens affinities: larger stops harder'),
  steps: z.int().min(0).max(4096).default(8).describe('steps of the walk'),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.6)
    .describe('share of the walked map’s maximum above which a pixel is foreground'),
  competition: z
    .enum(['alone', 'strongest'])
    .default('alone')
    .describe('whether findings exclude each other'),
  ...gateParams,
  absent: z
    .enum(['empty', 'unknown'])
    .default('empty')
    .describe('what the gate makes of a finding that is not present'),
  emptyMap: z
    .enum(['empty', 'everything'])
    .default('empty')
    .describe('a map without anything above 0: an empty mask, or the whole image'),
  classes: z.array(z.string()).default([]).describe('findings to keep; empty = all'),
});
type Params = z.infer<typeof params>;

export const irnetMasks = defineNode({
  type: 'chexseg.irnet-masks',
  version: 1,
  title: 'IRNet masks',
  manual,
  inputs: {
    model: port('model', 'a boundary network', { role: 'boundary' }),
    images: port('images', 'the radiographs to label; their maps are joined by id'),
    saliency: port('saliency', 'maps, from Grad-CAM'),
    labels: optional('labels', 'image-level findings, for gate labels; joined by id'),
  },
  outputs: {
    masks: port('masks', 'pseudo-labels in the images’ frame'),
    scores: port('saliency', 'the walked maps on a quarter of the frame'),
  },
  params,
  uses: ['engine'],
  shards: { over: 'images' },
  requires: requireLabels,
  run: async ({ model, images, saliency: given, labels }, options, context) => {
    const saliency = mapsFor(given, images);
    const classes = chooseMaps(saliency, options.classes, [options.cutoffs]);
    const isPresent = createGate(saliency, labels, options);
    const boundaries = await openBoundaries(model, images, context.threads);
    const empty = emptyRle(...saliency.frame);
    const area = boundaries.size[0] * boundaries.size[1];
    const values = new Float32Array(saliency.ids.length * classes.length * area);
    const counts: (string | null)[][] = [];
    for (const image of saliency.ids.keys()) {
      const edge = await boundaries.find(image);
      const maps = classes.map((name) =>
        isPresent(image, name) ? mapOf(saliency, image, name) : undefined,
      );
      const walked = walk(maps, saliency.grid, { edge, size: boundaries.size, options });
      walked.forEach((map, k) => {
        if (map !== undefined) values.set(map, (image * classes.length + k) * area);
      });
      const masks = thresholdMaps(walked, { from: boundaries.size, to: saliency.frame, options });
      counts.push(
        masks.map((mask, k) =>
          mask !== undefined
            ? encodeRle(mask, ...saliency.frame)
            : maps[k] === undefined && options.absent === 'unknown'
              ? null
              : empty,
        ),
      );
      context.progress({ done: image + 1, total: saliency.ids.length, unit: 'image' });
    }
    await boundaries.dispose();
    const { ids, frame, frames } = saliency;
    const masks: Masks = {
      ids,
      classes,
      source: 'pseudo',
      sizes: ids.map(() => frame),
      frames,
      counts,
    };
    const probabilities = Float32Array.from({ length: ids.length * classes.length }, (_, i) => {
      const column = saliency.classes.indexOf(classes[i % classes.length]!);
      return saliency.probabilities[
        Math.floor(i / classes.length) * saliency.classes.length + column
      ]!;
    });
    const scores: Saliency = { ...saliency, classes, grid: boundaries.size, values, probabilities };
    return { masks, scores };
  },
});

/** Boundary probabilities of one image at a time. It owns a session: dispose it. */
type Boundaries = {
  readonly size: Size;
  /** `[H/4 * W/4]` of 0..1. */
  readonly find: (row: number) => Promise<Float32Array>;
  readonly dispose: () => Promise<void>;
};

async function openBoundaries(model: Model, images: Images, threads: number): Promise<Boundaries> {
  const config = readIrnet(model);
  if (images.height !== model.inputSize[0] || images.width !== model.inputSize[1])
    throw dataError(
      'images',
      `expected frames of ${model.inputSize.join('x')}, the model's, got ${images.height}x${images.width}`,
    );
  const { channels } = config.backbone;
  const predictor = await createPredictor({
    inputs: { image: [2, channels, images.height, images.width] },
    forward: ({ image }, scope) => ({ ...irnet(scope, image!, config) }),
    weights: model.weights,
    threads,
  });
  const size: Size = [images.height / 4, images.width / 4];
  return {
    size,
    async find(row) {
      const one = packInputs(images, [row], { channels, ...model.normalization });
      const image = new Float32Array(one.length * 2);
      image.set(one);
      image.set(mirror(one, images.width), one.length);
      const { edge } = await predictor.predict({ image });
      const area = size[0] * size[1];
      const turned = mirror(edge!.subarray(area), size[1]);
      return Float32Array.from(turned, (logit, i) => 1 / (1 + Math.exp(-(edge![i]! + logit) / 2)));
    },
    dispose: () => predictor.dispose(),
  };
}

/** Every row of `width` values backwards. */
function mirror(values: Float32Array, width: number): Float32Array {
  return values.map((_, i) => values[i - (i % width) + width - 1 - (i % width)]!);
}

type WalkTask = { readonly edge: Float32Array; readonly size: Size; readonly options: Params };

/** Walks the maps that are there; undefined stays undefined, and so does a map of nothing unless the released fault is asked for. */
function walk(
  maps: readonly (Float32Array | undefined)[],
  grid: Size,
  { edge, size, options }: WalkTask,
): (Float32Array | undefined)[] {
  const seeds = maps.map((map) =>
    map === undefined ? undefined : scaleByMaximum(map, grid, size),
  );
  const walked = spreadSeeds(
    seeds.filter((seed) => seed !== undefined),
    { edge, size },
    options,
  );
  let next = 0;
  return seeds.map((seed, k) => {
    if (seed !== undefined) return Float32Array.from(walked[next++]!);
    return maps[k] !== undefined && options.emptyMap === 'everything'
      ? new Float32Array(size[0] * size[1]).fill(1)
      : undefined;
  });
}

type Frames = { readonly from: Size; readonly to: Size; readonly options: Params };

/** Walked maps -> masks at the frame's size; undefined where there is no map or it is 0 everywhere. */
function thresholdMaps(
  walked: readonly (Float32Array | undefined)[],
  { from, to, options: { threshold, competition } }: Frames,
): (Uint8Array | undefined)[] {
  const maps = walked.map((map) =>
    map === undefined ? undefined : resizeBilinear({ data: map, size: from }, to),
  );
  const highest = maps.map((map) => map?.reduce((a, b) => Math.max(a, b), 0) ?? 0);
  const strongest = Math.max(0, ...highest);
  return maps.map((map, k) => {
    const range = competition === 'alone' ? highest[k]! : strongest;
    if (map === undefined || range === 0) return undefined;
    return Uint8Array.from(map, (value, i) => {
      if (value / range <= threshold) return 0;
      const isBeaten = maps.some(
        (other, j) => other !== undefined && (other[i]! > value || (other[i] === value && j < k)),
      );
      return competition === 'alone' || !isBeaten ? 1 : 0;
    });
  });
}
