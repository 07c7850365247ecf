/** Values of interest -> brightness: a lookup table or a window (PS3.3 C.11.2). */
import { dataError } from '@radiograph/graph';
import { type Attribute, readDecimal, readItem, readText } from '../attributes.ts';
import { voiLut } from '../header.ts';
import type { DicomFile } from '../parse-dicom.ts';
import { lookUp, readLookupTable } from './lookup-table.ts';

/** Brightness in 0..1 of a value in output units. */
export type Brightness = (value: number) => number;

const centerTag: Attribute = ['x00281050', 'Window Center'];
const widthTag: Attribute = ['x00281051', 'Window Width'];
const shapeTag: Attribute = ['x00281056', 'VOI LUT Function'];

/**
 * The first lookup table of the file, else its first window; undefined if it has neither. A window of width 0, or without center or width, is none.
 *
 * `canBeNegative`: whether values can be, which decides how a table's first value is read where the file does not say.
 * @throws a data error for numbers and tables that cannot be read, and for an unknown function.
 */
export function readVoi(file: DicomFile, canBeNegative: boolean): Brightness | undefined {
  const item = readItem(file, voiLut);
  if (item !== undefined) {
    const table = readLookupTable(item, canBeNegative);
    const largest = 2 ** table.bits - 1;
    return (value) => lookUp(table, value) / largest;
  }
  const [center, width] = [readDecimal(file, centerTag), readDecimal(file, widthTag)];
  if (center === undefined || width === undefined || width === 0) return undefined;
  return windowOf(center, width, readShape(file, width));
}

type Shape = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';

/** The least width that each function is defined for; above 0 for those that divide by it. */
const leastWidths: Readonly<Record<Shape, number>> = {
  LINEAR: 1,
  LINEAR_EXACT: Number.MIN_VALUE,
  SIGMOID: Number.MIN_VALUE,
};

function readShape(file: DicomFile, width: number): Shape {
  const named = (readText(file, shapeTag) ?? 'LINEAR').toUpperCase();
  if (!isShape(named))
    throw dataError(
      file.path,
      `expected LINEAR, LINEAR_EXACT or SIGMOID in VOI LUT Function (0028,1056), got ${named}`,
    );
  if (width < leastWidths[named])
    throw dataError(
      file.path,
      `expected a ${named} window at least ${named === 'LINEAR' ? '1 wide' : 'wider than 0'} in Window Width (0028,1051), got ${width}`,
    );
  return named;
}

const isShape = (name: string): name is Shape => Object.hasOwn(leastWidths, name);

/** PS3.3 C.11.2.1.2 and C.11.2.1.3. */
function windowOf(center: number, width: number, shape: Shape): Brightness {
  const clamp = (share: number) => Math.min(1, Math.max(0, share));
  switch (shape) {
    case 'LINEAR':
      if (width === 1) return (value) => (value > center - 0.5 ? 1 : 0);
      return (value) => clamp((value - (center - 0.5)) / (width - 1) + 0.5);
    case 'LINEAR_EXACT':
      return (value) => clamp((value - center) / width + 0.5);
    case 'SIGMOID':
      return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
  }
}
