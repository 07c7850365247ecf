/** Stored values -> output units of the modality: a lookup table, else slope and intercept (PS3.3 C.11.1). */
import { dataError } from '@radiograph/graph';
import { type Attribute, readDecimal, readItem } from '../attributes.ts';
import { type DicomHeader, modalityLut } from '../header.ts';
import type { DicomFile } from '../parse-dicom.ts';
import { lookUp, readLookupTable } from './lookup-table.ts';

export type Modality = {
  readonly toValue: (stored: number) => number;
  /** The values that stored ones of `bitsStored` bits can become. */
  readonly rangeOf: (bitsStored: number) => readonly [low: number, high: number];
};

const slopeTag: Attribute = ['x00281053', 'Rescale Slope'];
const interceptTag: Attribute = ['x00281052', 'Rescale Intercept'];

/** Reads the transform; without attributes it changes nothing. @throws a data error for numbers and tables that cannot be read. */
export function readModality(file: DicomFile, { isSigned }: DicomHeader): Modality {
  const item = readItem(file, modalityLut);
  if (item !== undefined) {
    const table = readLookupTable(item, isSigned);
    return {
      toValue: (stored) => lookUp(table, stored),
      rangeOf: () => [0, 2 ** table.bits - 1],
    };
  }
  const slope = readDecimal(file, slopeTag) ?? 1;
  const intercept = readDecimal(file, interceptTag) ?? 0;
  if (slope === 0)
    throw dataError(file.path, 'expected a Rescale Slope (0028,1053) other than 0, got 0');
  const toValue = (stored: number) => slope * stored + intercept;
  return {
    toValue,
    rangeOf: (bitsStored) => {
      const low = isSigned ? -(2 ** (bitsStored - 1)) : 0;
      const ends = [toValue(low), toValue(low + 2 ** bitsStored - 1)];
      return [Math.min(...ends), Math.max(...ends)];
    },
  };
}
