import type { NodeType } from '@radiograph/graph';
import { select } from './arrange/select.ts';
import { split } from './arrange/split.ts';
import { subset } from './arrange/subset.ts';
import { compare } from './compare/compare-node.ts';
import { dicomFolder } from './load/dicom-folder.ts';
import { imageFolder } from './load/image-folder.ts';
import { labelMixer } from './mix/label-mixer.ts';
import { montage } from './picture/montage.ts';
import { hitRate } from './score/hit-rate.ts';
import { miou } from './score/miou.ts';
import { readerGap } from './score/reader-gap.ts';

/** General nodes: loaders, splits, the label mixer, the mIoU evaluator, figures. */
export const coreNodes: readonly NodeType[] = [
  imageFolder,
  dicomFolder,
  split,
  subset,
  select,
  labelMixer,
  miou,
  hitRate,
  readerGap,
  compare,
  montage,
];
