/** Single attributes of a data set. What is there and cannot be read is an error that names the attribute, never a default. */
import { dataError } from '@radiograph/graph';
import type { DataSet, Element } from 'dicom-parser';

/** Where attributes are read from: a data set, or an item of a sequence in it. */
export type Source = { readonly dataSet: DataSet; readonly path: string };

/** Tag as `xGGGGEEEE`, and the name of PS3.6. */
export type Attribute = readonly [tag: string, name: string];

/** As errors write it: `Rescale Slope (0028,1053)`. */
export const nameOf = ([tag, name]: Attribute) => `${name} (${tag.slice(1, 5)},${tag.slice(5)})`;

/** An unsigned 16-bit number; undefined if the attribute is missing or empty. */
export function readUnsigned({ dataSet, path }: Source, attribute: Attribute): number | undefined {
  const element = dataSet.elements[attribute[0]];
  if (element === undefined || element.length === 0) return undefined;
  if (element.length < 2)
    throw dataError(path, `expected 16 bits in ${nameOf(attribute)}, got ${element.length} byte`);
  return dataSet.uint16(attribute[0]);
}

/** The first text of the attribute without spaces around it; undefined if it is missing or blank. */
export function readText({ dataSet }: Source, [tag]: Attribute): string | undefined {
  const text = dataSet.string(tag, 0)?.trim();
  return text === '' ? undefined : text;
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The first decimal of the attribute; undefined if it is missing or blank. @throws a data error with the text that is no decimal. */
export function readDecimal(source: Source, attribute: Attribute): number | undefined {
  const text = readText(source, attribute);
  if (text === undefined) return undefined;
  const value = decimal.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value))
    throw dataError(
      source.path,
      `expected a decimal number (digits, point, exponent) in ${nameOf(attribute)}, got ${JSON.stringify(text)}`,
    );
  return value;
}

/** The first item of a sequence; undefined if the sequence is missing or empty. */
export function readItem({ dataSet, path }: Source, [tag]: Attribute): Source | undefined {
  const item: Element | undefined = dataSet.elements[tag]?.items?.[0];
  return item?.dataSet === undefined ? undefined : { dataSet: item.dataSet, path };
}
