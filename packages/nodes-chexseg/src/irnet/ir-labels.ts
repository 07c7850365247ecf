import { defineNode, optional, port } from '@radiograph/graph';
import {
  encodeRle,
  type Images,
  type Masks,
  maximumPixel,
  pixelsOf,
  type Size,
} from '@radiograph/kinds';
import { z } from 'zod';
import { type CrfOptions, createDenseCrf, type DenseCrf, defaultCrf } from '../crf/dense-crf.ts';
import { chooseMaps, createGate, gateParams, mapOf, requireLabels } from '../pseudo/gate.ts';
import { type ConfidentLabels, findConfident, scaleByMaximum } from './label-map.ts';
import { mapsFor } from './maps-for.ts';

const manual = `Finds where a finding surely is and surely is not: what IRNet learns boundaries from.

Each map is upsampled to its image's frame (bilinear) and divided by its maximum. Above foregroundThreshold it may show the finding, above
backgroundThreshold it may not be background. Both label maps are cleaned by a dense CRF on the radiograph, so that they follow its edges:
foreground is where the strict one says foreground, background where both say background, and the rest, and the padding of the frame, is left
out. The two outputs hold one mask per image and finding each; wire both into chexseg.irnet-train.

Thresholds 0.25 and 0.10 are CheXseg's (IRNet: 0.30 and 0.05). Too low a foreground threshold teaches IRNet wrong boundaries; a rule of
thumb is 0.10 to 0.15 above, and 0.10 below, the threshold that makes the best mask of a map alone.

The CRF is that of both releases: labels right with probability 0.7, smoothness over 3 pixels (weight 3), appearance over 50 pixels and 5 grey
levels (weight 10), 10 iterations of mean field. greyRepeats 3 is theirs too: a grey image repeated over three channels counts every
difference three times. crf "exact" compares all pairs of pixels instead of the permutohedral lattice: small images only. "none" skips it.

Differences from the released code (method a.7.3, a.7.6), each of which a parameter brings back: a gate (see chexseg.saliency-masks) leaves
out findings that are not there, where CheXseg takes every map of every image (gate "none"); a map without anything above 0 is left out,
where 0 / 0 made the WHOLE image foreground (emptyMap "everything"); the padding of the letterbox is left out (padding "background").

Source: Ahn et al., "IRNet", CVPR 2019, section 4.1; Gadgil et al., MIDL 2021; Kraehenbuehl and Koltun, NIPS 2011 (method b.4).`;

const share = z.number().min(0).max(1);
const params = z.strictObject({
  foregroundThreshold: share
    .default(0.25)
    .describe('share of the map’s maximum above which the finding is'),
  backgroundThreshold: share
    .default(0.1)
    .describe('share of the map’s maximum up to which it is not'),
  ...gateParams,
  classes: z.array(z.string()).default([]).describe('findings to keep; empty = all'),
  crf: z.enum(['lattice', 'exact', 'none']).default('lattice').describe('how labels are cleaned'),
  iterations: z
    .int()
    .min(0)
    .max(100)
    .default(defaultCrf.iterations)
    .describe('mean-field updates of the CRF'),
  certainty: z
    .number()
    .gt(0.5)
    .lt(1)
    .default(defaultCrf.certainty)
    .describe('how likely a label is right before the CRF'),
  smoothSpread: z
    .number()
    .gt(0)
    .default(defaultCrf.smoothSpread)
    .describe('smoothness: standard deviation in pixels'),
  smoothWeight: z.number().min(0).default(defaultCrf.smoothWeight).describe('smoothness: weight'),
  appearanceSpread: z
    .number()
    .gt(0)
    .default(defaultCrf.appearanceSpread.position)
    .describe('appearance: standard deviation in pixels'),
  intensitySpread: z
    .number()
    .gt(0)
    .default(defaultCrf.appearanceSpread.intensity)
    .describe('appearance: standard deviation in grey levels of 0..255'),
  appearanceWeight: z
    .number()
    .min(0)
    .default(defaultCrf.appearanceWeight)
    .describe('appearance: weight'),
  greyRepeats: z
    .literal([1, 3])
    .default(3)
    .describe('times that a grey level counts; 3 as in the released code'),
  emptyMap: z
    .enum(['unknown', 'everything'])
    .default('unknown')
    .describe('a map without anything above 0: left out, or the whole image foreground'),
  padding: z
    .enum(['unknown', 'background'])
    .default('unknown')
    .describe('what the black border of the frame is'),
});
type Params = z.infer<typeof params>;

export const irLabels = defineNode({
  type: 'chexseg.ir-labels',
  version: 1,
  title: 'Confident labels for IRNet',
  manual,
  inputs: {
    saliency: port('saliency', 'maps, from Grad-CAM'),
    images: port('images', 'the radiographs to label; their maps are joined by id'),
    labels: optional('labels', 'image-level findings, for gate labels; joined by id'),
  },
  outputs: {
    foreground: port('masks', 'where a finding surely is'),
    background: port('masks', 'where it surely is not'),
  },
  params,
  requires: requireLabels,
  run: async ({ saliency: maps, images, labels }, options, context) => {
    const saliency = mapsFor(maps, images);
    const classes = chooseMaps(saliency, options.classes, [options.cutoffs]);
    const isPresent = createGate(saliency, labels, options);
    const rows = { foreground: [] as (string | null)[][], background: [] as (string | null)[][] };
    for (const image of saliency.ids.keys()) {
      const labelOf = createLabeler(images, image, options);
      const found = classes.map((name) =>
        isPresent(image, name) ? labelOf(mapOf(saliency, image, name), saliency.grid) : undefined,
      );
      const encode = (mask: Uint8Array | undefined) =>
        mask === undefined ? null : encodeRle(mask, ...saliency.frame);
      rows.foreground.push(found.map((confident) => encode(confident?.foreground)));
      rows.background.push(found.map((confident) => encode(confident?.background)));
      context.progress({ done: image + 1, total: saliency.ids.length, unit: 'image' });
    }
    for (const [k, name] of classes.entries()) {
      const labeled = rows.foreground.filter((row) => row[k] !== null).length;
      context.log(`${name}: confident labels in ${labeled} of ${saliency.ids.length} images`);
    }
    const { ids, frame, frames } = saliency;
    const masks = (counts: Masks['counts']): Masks => ({
      ids,
      classes,
      source: 'pseudo',
      sizes: ids.map(() => frame),
      frames,
      counts,
    });
    return { foreground: masks(rows.foreground), background: masks(rows.background) };
  },
});

type Labeler = (grid: Float32Array, gridSize: Size) => ConfidentLabels | undefined;

/** Labels the maps of one image, whose CRF is prepared once. */
function createLabeler(images: Images, row: number, options: Params): Labeler {
  const size: Size = [images.height, images.width];
  const isPadding = options.padding === 'unknown' ? findPadding(images, row) : () => false;
  let crf: DenseCrf | undefined;
  return (grid, gridSize) => {
    const map = scaleByMaximum(grid, gridSize, size);
    if (map === undefined) return options.emptyMap === 'unknown' ? undefined : everything(size);
    crf ??= openCrf(images, row, options);
    const thresholds = {
      foreground: options.foregroundThreshold,
      background: options.backgroundThreshold,
    };
    const { foreground, background } = findConfident(map, thresholds, crf);
    return {
      foreground: foreground.map((value, i) => (isPadding(i) ? 0 : value)),
      background: background.map((value, i) => (isPadding(i) ? 0 : value)),
    };
  };
}

function everything([height, width]: Size): ConfidentLabels {
  const foreground = new Uint8Array(height * width).fill(1);
  return { foreground, background: new Uint8Array(height * width) };
}

function openCrf(images: Images, row: number, options: Params): DenseCrf {
  if (options.crf === 'none')
    return {
      infer: (labels) =>
        Float32Array.from({ length: labels.length * 2 }, (_, i) =>
          labels[i >> 1] === (i & 1) ? 1 : 0,
        ),
    };
  return createDenseCrf(
    repeatGrey(images, row, options.greyRepeats),
    [images.height, images.width],
    crfOptions(options, options.crf),
  );
}

function crfOptions(options: Params, kernel: CrfOptions['kernel']): CrfOptions {
  const { smoothSpread, smoothWeight, appearanceWeight, certainty, iterations } = options;
  const appearanceSpread = {
    position: options.appearanceSpread,
    intensity: options.intensitySpread,
  };
  return {
    smoothSpread,
    smoothWeight,
    appearanceSpread,
    appearanceWeight,
    certainty,
    iterations,
    kernel,
  };
}

/** `[H, W, repeats]` of 0..255. */
function repeatGrey(images: Images, row: number, repeats: number): Float32Array {
  const pixels = pixelsOf(images, row);
  const scale = 255 / maximumPixel(images);
  return Float32Array.from(
    { length: pixels.length * repeats },
    (_, i) => pixels[Math.floor(i / repeats)]! * scale,
  );
}

/** Whether a pixel lies outside the radiograph. */
function findPadding(images: Images, row: number): (pixel: number) => boolean {
  const { scaleX, scaleY, offsetX, offsetY } = images.frames[row]!;
  const [height, width] = images.originalSizes[row]!;
  return (pixel) => {
    const y = scaleY * (Math.floor(pixel / images.width) + 0.5) + offsetY;
    const x = scaleX * ((pixel % images.width) + 0.5) + offsetX;
    return y < 0 || y >= height || x < 0 || x >= width;
  };
}
