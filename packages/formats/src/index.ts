export { type WindowChoice, windowChoices } from './dicom/grey/to-grey.ts';
export type { DicomHeader } from './dicom/header.ts';
export { readDicom, readDicomHeader } from './dicom/read-dicom.ts';
export { readDataFile } from './folders/read-file.ts';
export { type FileKind, recognizeFile } from './folders/recognize-file.ts';
export {
  addLeftOut,
  describeLeftOut,
  type FolderContent,
  type FoundFile,
  type LeftOut,
  some,
  walkFolder,
} from './folders/walk-folder.ts';
export { type ImageItem, loadParams, type PackedImages, packImages } from './images/pack-images.ts';
export { type GreyImage, imagePattern, readBitDepth, readGreyImage } from './images/read-image.ts';
export { describeJoin, findDoubles, type JoinSides } from './joins/describe-join.ts';
export {
  cutExtension,
  type ImageNames,
  idOfFile,
  type Join,
  joinNames,
  namesOfFile,
} from './joins/join-names.ts';
export { fillPolygon, type Point } from './masks/fill-polygon.ts';
export {
  agreeOnForeground,
  describeLevels,
  type ForegroundRule,
  foregroundPattern,
  type MaskForm,
  parseForeground,
  type ReadForm,
  takeForeground,
} from './masks/find-foreground.ts';
export { type MaskImage, readMask, readOrientation } from './masks/read-mask.ts';
export { addSiimRle, writeSiimRle } from './masks/siim-rle.ts';
export { tracePolygons } from './masks/trace-polygons.ts';
export { unpickle } from './pickle/unpickle.ts';
export {
  isNumpy,
  isTensor,
  type NumpyValue,
  type PickleDict,
  type PickleValue,
} from './pickle/value.ts';
export { decodeText } from './tables/decode-text.ts';
export { labelSpellings, readLabelCell } from './tables/label-cell.ts';
export { type Csv, parseCsv, readCsv, throwProblems } from './tables/parse-csv.ts';
export { readTorch } from './torch/read-torch.ts';
export { readTensor, type TorchTensor } from './torch/tensor.ts';
export { readWeights } from './weights/read-weights.ts';
export type { Weights, WeightsFile } from './weights/state-dict.ts';
