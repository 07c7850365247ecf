/** Pixels that are no part of the image: what a collimator or a rotation left (PS3.3 C.7.5.1.1.2). */
import { type Attribute, readUnsigned } from '../attributes.ts';
import type { DicomHeader } from '../header.ts';
import type { DicomFile } from '../parse-dicom.ts';

const paddingValue: Attribute = ['x00280120', 'Pixel Padding Value'];
const rangeLimit: Attribute = ['x00280121', 'Pixel Padding Range Limit'];

/** Whether a stored value is padding; none is if the file names no padding value. */
export function readPadding(
  file: DicomFile,
  { isSigned }: DicomHeader,
): (stored: number) => boolean {
  const read = (attribute: Attribute) => {
    const bits = readUnsigned(file, attribute);
    return bits !== undefined && isSigned && bits >= 0x8000 ? bits - 0x10000 : bits;
  };
  const value = read(paddingValue);
  if (value === undefined) return () => false;
  const limit = read(rangeLimit) ?? value;
  const [low, high] = [Math.min(value, limit), Math.max(value, limit)];
  return (stored) => stored >= low && stored <= high;
}
