/** The attributes of a DICOM file that its pixels depend on (PS3.3 C.7.6.3, C.11.1, C.11.2). */
import { dataError } from '@radiograph/graph';
import type { Size } from '@radiograph/kinds';
import type { DataSet } from 'dicom-parser';

/** How stored values become brightness. */
export type DicomWindow = {
  readonly center: number;
  readonly width: number;
  readonly shape: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';
};

export type DicomHeader = {
  readonly size: Size;
  /** Empty if the file does not say. */
  readonly patientId: string;
  readonly transferSyntax: string;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly isSigned: boolean;
  /** MONOCHROME1: high values are dark. */
  readonly isInverted: boolean;
  /** Output units of the modality: slope * stored + intercept. */
  readonly slope: number;
  readonly intercept: number;
  readonly window: DicomWindow | undefined;
};

const shapes = ['LINEAR', 'LINEAR_EXACT', 'SIGMOID'] as const;

/** Reads the attributes. @throws a data error at `path` for color, several frames, and depths that are no radiograph's. */
export function readHeader(dataSet: DataSet, path: string): DicomHeader {
  const number = (tag: string, name: string): number => {
    const value = dataSet.uint16(tag);
    if (value === undefined) throw dataError(path, `expected the attribute ${name}, got none`);
    return value;
  };
  const samples = dataSet.uint16('x00280002') ?? 1;
  const photometric = dataSet.string('x00280004') ?? '';
  if (samples !== 1 || !/^MONOCHROME[12]$/.test(photometric))
    throw dataError(
      path,
      `expected one grey sample per pixel, got ${samples} of ${photometric || 'unknown'} color`,
    );
  const frames = dataSet.intString('x00280008') ?? 1;
  if (frames !== 1) throw dataError(path, `expected a single frame, got ${frames}`);
  const bitsAllocated = number('x00280100', 'Bits Allocated');
  const bitsStored = number('x00280101', 'Bits Stored');
  if ((bitsAllocated !== 8 && bitsAllocated !== 16) || bitsStored < 1 || bitsStored > bitsAllocated)
    throw dataError(path, `expected 8 or 16 bits per pixel, got ${bitsStored} of ${bitsAllocated}`);
  return {
    size: [number('x00280010', 'Rows'), number('x00280011', 'Columns')],
    patientId: dataSet.string('x00100020') ?? '',
    transferSyntax: dataSet.string('x00020010') ?? implicitLittleEndian,
    bitsAllocated,
    bitsStored,
    isSigned: dataSet.uint16('x00280103') === 1,
    isInverted: photometric === 'MONOCHROME1',
    slope: dataSet.floatString('x00281053') ?? 1,
    intercept: dataSet.floatString('x00281052') ?? 0,
    window: readWindow(dataSet),
  };
}

export const implicitLittleEndian = '1.2.840.10008.1.2';

/** The first window of the file, if it has one. */
function readWindow(dataSet: DataSet): DicomWindow | undefined {
  const center = dataSet.floatString('x00281050', 0);
  const width = dataSet.floatString('x00281051', 0);
  if (center === undefined || width === undefined || !(width > 0)) return undefined;
  const named = dataSet.string('x00281056') ?? '';
  return { center, width, shape: shapes.find((shape) => shape === named) ?? 'LINEAR' };
}
