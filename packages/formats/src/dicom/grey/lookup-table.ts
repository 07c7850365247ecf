/** Lookup tables of DICOM (PS3.3 C.11.1.1, C.11.2.1.1): the same three attributes for modality and VOI. */
import { dataError } from '@radiograph/graph';
import { type Attribute, nameOf, readUnsigned, type Source } from '../attributes.ts';

export type LookupTable = {
  /** The value that the first entry belongs to; values below get the first entry, values above the last one the last. */
  readonly first: number;
  readonly entries: readonly number[];
  /** Of an entry: 8 to 16. */
  readonly bits: number;
};

const descriptor: Attribute = ['x00283002', 'LUT Descriptor'];
const data: Attribute = ['x00283006', 'LUT Data'];

/** The bits of an entry, without reading the table; 0 if the descriptor does not say. */
export function lookupBits({ dataSet }: Source): number {
  const element = dataSet.elements[descriptor[0]];
  return element !== undefined && element.length >= 6 ? (dataSet.uint16(descriptor[0], 2) ?? 0) : 0;
}

/** The entry of a value, rounded down to a whole number. */
export function lookUp({ first, entries }: LookupTable, value: number): number {
  const index = Math.floor(value) - first;
  return entries[Math.min(entries.length - 1, Math.max(0, index))]!;
}

/**
 * Reads the table of a sequence's item. `isSigned` says how the first value is read where the file does not (implicit VR).
 *
 * @throws a data error if descriptor or entries are missing, too short, or entries are larger than their bits allow.
 */
export function readLookupTable(item: Source, isSigned: boolean): LookupTable {
  const { dataSet, path } = item;
  const element = dataSet.elements[descriptor[0]];
  if (element === undefined || element.length < 6)
    throw dataError(path, `expected three numbers in ${nameOf(descriptor)}, got none`);
  const count = readUnsigned(item, descriptor)! || 65536; // 0 stands for 2^16
  const signed = element.vr === 'SS' || (element.vr !== 'US' && isSigned);
  const first = (signed ? dataSet.int16(descriptor[0], 1) : dataSet.uint16(descriptor[0], 1))!;
  const bits = lookupBits(item);
  if (bits < 8 || bits > 16)
    throw dataError(path, `expected 8 to 16 bits in ${nameOf(descriptor)}, got ${bits}`);
  const entries = readEntries(item, count);
  const largest = entries.reduce((most, entry) => Math.max(most, entry), 0);
  if (largest >= 2 ** bits)
    throw dataError(
      path,
      `expected ${bits} bits per entry in ${nameOf(data)}, as its descriptor says, got ${largest}`,
    );
  return { first, entries, bits };
}

/** Entries are words of 16 bits; tables of 8 bits may also be packed two to a word, the first in the low byte. */
function readEntries({ dataSet, path }: Source, count: number): number[] {
  const element = dataSet.elements[data[0]];
  const length = element?.length ?? 0;
  if (element !== undefined && length >= 2 * count)
    return Array.from({ length: count }, (_, i) => dataSet.uint16(data[0], i)!);
  if (element !== undefined && length >= count)
    return Array.from({ length: count }, (_, i) => {
      const word = dataSet.uint16(data[0], i >> 1)!;
      return i % 2 === 0 ? word & 255 : word >> 8;
    });
  throw dataError(path, `expected ${count} entries in ${nameOf(data)}, got ${length} bytes`);
}
