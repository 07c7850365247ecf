/** Installs the kinds that are at home here. */
import { installKind } from '@radiograph/graph';
import './port-values.ts';

const lines = {
  images: 'N radiographs, 8 or 16 bit, packed [N, H, W]',
  labels: 'image-level findings [N, K]: 1, 0, -1 (uncertain) or blank',
  masks: 'multi-label masks [N, K, H, W] as COCO run lengths',
  saliency: 'saliency maps, float32 [N, K, h, w], with class probabilities [N, K]',
  model: 'float32 weights, architecture and classes of a network',
  supervision: 'expert and pseudo-labeled images with a mixing rule',
  predictions: 'probabilities of a segmenter in 0..1, float32 [N, K, H, W]',
  scores: 'IoU per class and image with bootstrap intervals',
  table: 'rows and columns for people',
  figure: 'a PNG picture for people',
  file: 'a file for another program',
} as const;

for (const [name, doc] of Object.entries(lines))
  installKind({ name: name as keyof typeof lines, doc });
