/** What a file says of its stored values (PS3.3 C.7.6.3, PS3.5 section 8). */
import { dataError } from '@radiograph/graph';
import type { Size } from '@radiograph/kinds';
import { mostPixels } from '../reading/limits.ts';
import { type Attribute, readDecimal, readItem, readText, readUnsigned } from './attributes.ts';
import { lookupBits } from './grey/lookup-table.ts';
import type { DicomFile } from './parse-dicom.ts';

export type DicomHeader = {
  readonly size: Size;
  /** Empty if the file does not say. */
  readonly patientId: string;
  /** Names the image anywhere; empty if the file does not say. */
  readonly sopInstanceUid: string;
  /** UID of how the pixels are coded. */
  readonly transferSyntax: string;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  /** Where the highest of the stored bits lies. */
  readonly highBit: number;
  readonly isSigned: boolean;
  /** Whether high values are dark. */
  readonly isInverted: boolean;
  /** Where the file contradicts itself, and how it was read. */
  readonly notes: readonly string[];
  /** Of the decoded image: 16 where the stored values or a lookup table have more than 8 bits. */
  readonly bitDepth: 8 | 16;
};

const tags = {
  samples: ['x00280002', 'Samples per Pixel'],
  photometric: ['x00280004', 'Photometric Interpretation'],
  frames: ['x00280008', 'Number of Frames'],
  rows: ['x00280010', 'Rows'],
  columns: ['x00280011', 'Columns'],
  bitsAllocated: ['x00280100', 'Bits Allocated'],
  bitsStored: ['x00280101', 'Bits Stored'],
  highBit: ['x00280102', 'High Bit'],
  sign: ['x00280103', 'Pixel Representation'],
  shape: ['x20500020', 'Presentation LUT Shape'],
  patientId: ['x00100020', 'Patient ID'],
  instance: ['x00080018', 'SOP Instance UID'],
  modality: ['x00080060', 'Modality'],
} as const satisfies Record<string, Attribute>;

/** The lookup tables that can stand in place of slope and intercept, and in place of a window. */
export const modalityLut: Attribute = ['x00283000', 'Modality LUT Sequence'];
export const voiLut: Attribute = ['x00283010', 'VOI LUT Sequence'];

/** Reads the attributes. @throws a data error for what is no image, color, several frames, and depths that are no radiograph's. */
export function readHeader(file: DicomFile): DicomHeader {
  requireGreyFrame(file);
  const size = readSize(file);
  const bits = readBits(file);
  const lookups = [modalityLut, voiLut].map((tag) => readItem(file, tag));
  const depths = lookups.map((item) => (item === undefined ? 0 : lookupBits(item)));
  return {
    size,
    patientId: readText(file, tags.patientId) ?? '',
    sopInstanceUid: readText(file, tags.instance) ?? '',
    transferSyntax: file.transferSyntax,
    ...bits,
    ...readPolarity(file),
    bitDepth: Math.max(bits.bitsStored, ...depths) > 8 ? 16 : 8,
  };
}

function requireGreyFrame(file: DicomFile): void {
  const { dataSet, path } = file;
  if (dataSet.elements.x7fe00010 === undefined)
    throw dataError(
      path,
      `expected an image, got a DICOM object without pixel data (modality ${readText(file, tags.modality) ?? 'unknown'})`,
    );
  const samples = readUnsigned(file, tags.samples) ?? 1;
  const photometric = readText(file, tags.photometric) ?? 'unknown';
  if (samples !== 1 || !/^MONOCHROME[12]$/.test(photometric))
    throw dataError(
      path,
      `expected one grey sample per pixel, got ${samples} of ${photometric} color`,
    );
  const frames = readDecimal(file, tags.frames) ?? 1;
  if (frames !== 1) throw dataError(path, `expected a single frame, got ${frames}`);
}

function readSize(file: DicomFile): Size {
  const size = [required(file, tags.rows), required(file, tags.columns)] as const;
  const count = size[0] * size[1];
  if (count < 1 || count > mostPixels)
    throw dataError(file.path, `expected 1 to ${mostPixels} pixels, got ${size.join('x')}`);
  return size;
}

function readBits(file: DicomFile) {
  const bitsAllocated = required(file, tags.bitsAllocated);
  const bitsStored = required(file, tags.bitsStored);
  if ((bitsAllocated !== 8 && bitsAllocated !== 16) || bitsStored < 1 || bitsStored > bitsAllocated)
    throw dataError(
      file.path,
      `expected 8 or 16 bits per pixel, got ${bitsStored} of ${bitsAllocated}`,
    );
  const highBit = readUnsigned(file, tags.highBit) ?? bitsStored - 1;
  if (highBit < bitsStored - 1 || highBit >= bitsAllocated)
    throw dataError(
      file.path,
      `expected High Bit ${bitsStored - 1} to ${bitsAllocated - 1} for ${bitsStored} stored bits, got ${highBit}`,
    );
  const sign = readUnsigned(file, tags.sign) ?? 0;
  if (sign > 1) throw dataError(file.path, `expected Pixel Representation 0 or 1, got ${sign}`);
  return { bitsAllocated, bitsStored, highBit, isSigned: sign === 1 } as const;
}

/**
 * MONOCHROME1 is dark where values are high, and so is Presentation LUT Shape INVERSE. Files must say both or neither (PS3.3 C.8.11.3); where they do not,
 * the shape, which makes the brightness that is shown, decides (C.11.6; dcmtk does so, pydicom leaves it out).
 */
function readPolarity(file: DicomFile): Pick<DicomHeader, 'isInverted' | 'notes'> {
  const photometric = readText(file, tags.photometric) ?? '';
  const shape = readText(file, tags.shape)?.toUpperCase();
  const byPhotometric = photometric === 'MONOCHROME1';
  const isInverted = shape === 'INVERSE' || (byPhotometric && shape !== 'IDENTITY');
  const note = `is ${photometric} and Presentation LUT Shape ${shape}: the shape decides`;
  return { isInverted, notes: isInverted === byPhotometric ? [] : [note] };
}

function required(file: DicomFile, attribute: Attribute): number {
  const value = readUnsigned(file, attribute);
  if (value === undefined)
    throw dataError(file.path, `expected the attribute ${attribute[1]}, got none`);
  return value;
}
