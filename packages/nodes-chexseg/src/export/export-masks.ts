import { dataError, defineNode, optional, port } from '@radiograph/graph';
import {
  type ExportedFile,
  emptyRle,
  type Images,
  type Masks,
  type Predictions,
} from '@radiograph/kinds';
import { z } from 'zod';
import { printAnnotations } from '../chexlocalize/annotations.ts';
import { printSegmentations } from '../chexlocalize/segmentations.ts';
import { findings } from '../phantom/finding.ts';
import { masksAtOriginal, predictionsAtOriginal } from './original-masks.ts';

const manual = `Writes predictions or masks as CheXlocalize's JSON, in the pixels of the original radiographs.

Wire predictions of a segmenter, or masks of any kind (pseudo-labels, readers), and the images that they belong to, whose original sizes
are used. The file lies beside the run record and can be scored by CheXlocalize's own eval.py.

format "segmentations" writes run lengths (as gt_segmentations and pred_segmentations are), every image and all ten findings, empty masks where
there is nothing, as that script expects; complete = false keeps to the classes that came in. "annotations" writes polygons, only of what
is there, as gt_annotations are; they have no holes.

Probabilities are brought to the original size bilinearly and then compared with each class's threshold, strictly above; masks in another
frame are sampled at the centers of the original pixels. The masks output carries the same masks to other nodes.

Source: Saporta et al., 2022 (file formats); method section c.`;

const params = z.strictObject({
  format: z
    .enum(['segmentations', 'annotations'])
    .default('segmentations')
    .describe('run lengths or polygons'),
  complete: z.boolean().default(true).describe('list all ten findings, empty where none came in'),
});

export const exportMasks = defineNode({
  type: 'chexseg.export-masks',
  version: 1,
  title: 'Export masks',
  manual,
  inputs: {
    images: port('images', 'the radiographs, for their original sizes'),
    predictions: optional('predictions', 'probabilities of a segmenter'),
    masks: optional('masks', 'masks of any frame'),
  },
  outputs: {
    file: port('file', 'JSON as CheXlocalize has it'),
    masks: port('masks', 'the same masks in original pixels'),
  },
  params,
  requires: (wired) =>
    wired.has('predictions') === wired.has('masks')
      ? 'expected a wire into either predictions or masks'
      : undefined,
  run: async ({ images, predictions, masks }, { format, complete }) => {
    const drawn =
      predictions === undefined ? masksAtOriginal(masks!, images) : place(predictions, images);
    const listed = complete ? completeFindings(drawn) : drawn;
    return { file: toFile(listed, format), masks: listed };
  },
});

function place(predictions: Predictions, images: Images): Masks {
  const sizes = new Map(images.ids.map((id, i) => [id, images.originalSizes[i]!]));
  const missing = predictions.ids.filter((id) => !sizes.has(id));
  if (missing.length > 0)
    throw dataError(
      'images',
      `expected every predicted image, got none for ${missing.slice(0, 5).join(', ')}`,
    );
  return predictionsAtOriginal(predictions, sizes);
}

/** The ten findings in their order, then other classes; a finding that is missing or was not annotated is an empty mask. */
function completeFindings(masks: Masks): Masks {
  const others = masks.classes.filter((name) => !findings.some((finding) => finding === name));
  const classes = [...findings, ...others];
  const columns = classes.map((name) => masks.classes.indexOf(name));
  const counts = masks.counts.map((row, i) =>
    columns.map((k) => row[k] ?? emptyRle(...masks.sizes[i]!)),
  );
  return { ...masks, classes, counts };
}

function toFile(masks: Masks, format: 'segmentations' | 'annotations'): ExportedFile {
  const text = format === 'annotations' ? printAnnotations(masks) : printSegmentations(masks);
  return {
    description: `${format} of ${masks.ids.length} images and ${masks.classes.length} classes, as CheXlocalize has them`,
    extension: '.json',
    bytes: new TextEncoder().encode(text),
  };
}
