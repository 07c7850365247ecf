import './install.ts';
import './port-values.ts';

export type * from './figure/figure.ts';
export type * from './file/file.ts';
export { classColor } from './geometry/class-colors.ts';
export {
  type FrameTransform,
  fitLetterbox,
  identityFrame,
  type Letterbox,
  letterboxTransform,
  type Size,
} from './geometry/frame.ts';
export {
  frameOf,
  maskInFrame,
  type Plane,
  resizeBilinear,
  resizeBytes,
  type StoredMask,
  sameFrame,
  type TargetFrame,
} from './geometry/resample.ts';
export { decodeRle, emptyRle, encodeRle, rleArea, rleLength } from './geometry/rle.ts';
export type * from './images/images.ts';
export type * from './labels/labels.ts';
export type * from './masks/masks.ts';
export type * from './model/model.ts';
export type * from './predictions/predictions.ts';
export type * from './saliency/saliency.ts';
export { isSampleKind, sampleLists, sliceSamples } from './sample-lists.ts';
export type * from './scores/scores.ts';
export { labelsFor, masksFor, maximumPixel, pixelsOf, selectImages } from './select.ts';
export type * from './supervision/supervision.ts';
export { type CsvStyle, printCsv, printCsvCell } from './table/print-csv.ts';
export type * from './table/table.ts';
