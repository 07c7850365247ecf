import type { NodeType } from '@radiograph/graph';
import { gradCam } from './cam/grad-cam.ts';
import { exportMasks } from './export/export-masks.ts';
import { exportModel } from './export/export-model.ts';
import { irLabels } from './irnet/ir-labels.ts';
import { irnetMasks } from './irnet/irnet-masks.ts';
import { irnetTrain } from './irnet/irnet-train.ts';
import { chexlocalize } from './load/chexlocalize.ts';
import { chexpert } from './load/chexpert.ts';
import { boundaryFile, modelFile, segmenterFile } from './load/model-file.ts';
import { saliencyFiles } from './load/saliency-files.ts';
import { phantom } from './phantom/phantom-node.ts';
import { classify } from './predict/classify-node.ts';
import { ensemble } from './predict/ensemble-node.ts';
import { saliencyMasks } from './pseudo/saliency-masks.ts';
import { deepLabPredict } from './segment/deeplab-predict.ts';
import { deepLabTrain } from './segment/deeplab-train.ts';
import { denseNetTrain } from './train/densenet-train.ts';

/** The nodes of CheXseg. */
export const chexsegNodes: readonly NodeType[] = [
  phantom,
  chexpert,
  chexlocalize,
  modelFile,
  segmenterFile,
  boundaryFile,
  saliencyFiles,
  denseNetTrain,
  ensemble,
  classify,
  gradCam,
  saliencyMasks,
  irLabels,
  irnetTrain,
  irnetMasks,
  deepLabTrain,
  deepLabPredict,
  exportMasks,
  exportModel,
];

export { type WritePhantomOptions, writePhantom } from './phantom/write-phantom.ts';
