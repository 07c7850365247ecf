import { defineNode, optional, port } from '@radiograph/graph';
import { emptyRle, encodeRle, type Masks } from '@radiograph/kinds';
import { z } from 'zod';
import { chooseMaps, createGate, gateParams, mapOf, requireLabels } from './gate.ts';
import { type MaskRule, maskFromMap } from './mask-from-map.ts';
import { published } from './published.ts';

const manual = `Turns saliency maps into pseudo-labels: one mask per image and finding.

Each map is upsampled to its image's frame (bilinear), scaled to 0..1 by its own minimum and maximum, and thresholded: by Otsu's method
on 256 levels with holes filled (the default, as CheXlocalize), or at a fixed threshold (thresholds overrides it per finding).

A gate decides whether a finding is there at all; without one, every map of every image gives a mask, since maps are scaled by their
own maximum. "probability" (default): the classifier's probability must reach the cutoff (cutoffs overrides it per finding).
"labels": the image-level label must be positive; uncertain counts as uncertainGate says, blank as absent. "none": no gate.
rawCutoffs gates by the map's own maximum before scaling, as the released CheXseg can (GRADCAM_CUTOFF, for maps of the probability).
published fills in numbers per finding that were published: "chexlocalize" the thresholds (for method "threshold") and cutoffs (for gate
"probability") tuned on its validation set, "chexseg" the raw cutoffs; thresholds, cutoffs and rawCutoffs go before them. A finding that is not present gets an empty mask, or, with absent "unknown", no annotation: right where the label is about size and
the structure is always there (a heart that is not enlarged is still a heart).

classes: the findings to keep, in the order that the segmenter shall have; empty = all of the maps. CheXseg keeps ten of fourteen.

faithful: the released CheXseg forgot the scaling: 255 times the raw map is cut to 8 bits, so any map with a maximum below 1/255 gives
an empty mask (17 of the 20 published sample maps). Its maps are of the probability: set chexseg.grad-cam's score to match.

Source: Saporta et al., Nature Machine Intelligence 2022 (heatmap_to_segmentation); Gadgil et al., MIDL 2021 (method b.3 and trap a.7.2).`;

const perClass = z.record(z.string(), z.number().min(0).max(1)).default({});
const params = z.strictObject({
  method: z.enum(['otsu', 'threshold']).default('otsu').describe('how a map is thresholded'),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.4)
    .describe('share of the map’s range, for method threshold'),
  thresholds: perClass.describe('threshold per finding, where it differs'),
  ...gateParams,
  rawCutoffs: z
    .record(z.string(), z.number().min(0))
    .default({})
    .describe('least maximum of a finding’s map before scaling; maps below it are absent'),
  published: z
    .enum(['none', 'chexlocalize', 'chexseg'])
    .default('none')
    .describe('published numbers per finding to fill in'),
  absent: z
    .enum(['empty', 'unknown'])
    .default('empty')
    .describe(
      'what the gate makes of a finding that is not present: an empty mask, or no annotation',
    ),
  classes: z.array(z.string()).default([]).describe('findings to keep; empty = all'),
  faithful: z
    .boolean()
    .default(false)
    .describe('repeat the missing normalization of the released CheXseg'),
});
type Params = z.infer<typeof params>;

export const saliencyMasks = defineNode({
  type: 'chexseg.saliency-masks',
  version: 1,
  title: 'Saliency to masks',
  manual,
  inputs: {
    saliency: port('saliency', 'maps, from Grad-CAM'),
    labels: optional('labels', 'image-level findings, for gate labels; joined by id'),
  },
  outputs: { masks: port('masks', 'pseudo-labels in the images’ frame') },
  params,
  requires: requireLabels,
  run: async ({ saliency, labels }, given, context) => {
    const classes = chooseMaps(saliency, given.classes, [
      given.thresholds,
      given.cutoffs,
      given.rawCutoffs,
    ]);
    const options = fillIn(given);
    const isPresent = createGate(saliency, labels, options);
    const [height, width] = saliency.frame;
    const empty = emptyRle(height, width);
    const counts = saliency.ids.map((_, image) => {
      const row = classes.map((name) => {
        const map = mapOf(saliency, image, name);
        if (!isPresent(image, name) || !reaches(map, options.rawCutoffs[name]))
          return options.absent === 'empty' ? empty : null;
        const rule = ruleOf(name, options);
        const mask = maskFromMap(map, {
          gridSize: saliency.grid,
          size: saliency.frame,
          rule,
        });
        return encodeRle(mask, height, width);
      });
      context.progress({ done: image + 1, total: saliency.ids.length, unit: 'image' });
      return row;
    });
    for (const line of countMasks(counts, classes, empty)) context.log(line);
    const { ids, frame, frames } = saliency;
    const masks: Masks = {
      ids,
      classes,
      source: 'pseudo',
      sizes: ids.map(() => frame),
      frames,
      counts,
    };
    return { masks };
  },
});

/** Published numbers where none are given. */
function fillIn(options: Params): Params {
  const known = published[options.published];
  return {
    ...options,
    thresholds: { ...known.thresholds, ...options.thresholds },
    cutoffs: { ...known.cutoffs, ...options.cutoffs },
    rawCutoffs: { ...known.rawCutoffs, ...options.rawCutoffs },
  };
}

function reaches(map: Float32Array, cutoff = 0): boolean {
  return cutoff === 0 || map.some((value) => value >= cutoff);
}

function ruleOf(name: string, { method, threshold, thresholds, faithful }: Params): MaskRule {
  if (faithful) return { type: 'raw-otsu' };
  return method === 'otsu'
    ? { type: 'otsu' }
    : { type: 'threshold', threshold: thresholds[name] ?? threshold };
}

function countMasks(
  counts: readonly (readonly (string | null)[])[],
  classes: readonly string[],
  empty: string,
): string[] {
  return classes.map((name, k) => {
    const present = counts.filter((row) => row[k] !== empty && row[k] !== null).length;
    return `${name}: ${present} of ${counts.length} images have a pseudo-label`;
  });
}
