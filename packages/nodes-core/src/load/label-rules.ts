/** CSV columns -> image-level labels, directly or by a rule such as `Cardiomegaly = cardiothoracic_ratio > 0.5`. */

import type { Csv } from '@radiograph/formats';
import { listAccepted, type Problem, RadiographError } from '@radiograph/graph';
import type { Labels, LabelValue } from '@radiograph/kinds';

/** A class made from a numeric column. */
export type LabelRule = {
  readonly name: string;
  readonly column: string;
  readonly compare: (value: number) => boolean;
};

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '==': (a, b) => a === b,
};
/** `[name =] column comparison number`. */
export const rulePattern =
  /^(?:([^=<>]+?)\s*=\s*)?([^=<>]+?)\s*(>=|<=|==|>|<)\s*(-?\d+(?:\.\d+)?)$/;

/** Reads a rule. It must match `rulePattern`. */
export function parseRule(text: string): LabelRule {
  const [, name, column, comparison, number] = rulePattern.exec(text)!;
  const compare = comparisons[comparison!]!;
  return {
    name: name ?? text,
    column: column!,
    compare: (value) => compare(value, Number(number)),
  };
}

export type LabelSource = {
  readonly csv: Csv;
  readonly path: string;
  readonly idColumn: string;
  readonly rules: readonly LabelRule[];
};

/** The labels of these ids. @throws a data error with every missing column, missing image and unreadable cell. */
export function readLabels(
  { csv, path, idColumn, rules }: LabelSource,
  ids: readonly string[],
): Labels {
  const idIndex = idColumn === '' ? 0 : findColumn(csv, { name: idColumn, path });
  const rowOf = new Map(
    csv.rows.map((row, i) => [row[idIndex]!.replace(/\.[^.]+$/, ''), { row, line: i + 2 }]),
  );
  const readers =
    rules.length > 0
      ? rules.map((rule) => readByRule(csv, rule, path))
      : readDirectly(csv, idIndex);
  const problems: Problem[] = [];
  const values = ids.map((id) => {
    const found = rowOf.get(id);
    if (found === undefined) {
      problems.push({ path, message: `expected a row for image ${id}, got none` });
      return [];
    }
    return readers.map(({ index, read }) => readCell(found, { index, read, path }, problems));
  });
  if (problems.length > 0) throw new RadiographError('data', problems);
  return { ids, classes: readers.map(({ name }) => name), values };
}

type Reader = {
  readonly name: string;
  readonly index: number;
  /** undefined = cannot be read. */
  readonly read: (cell: string) => LabelValue | undefined;
};

function readByRule(csv: Csv, { name, column, compare }: LabelRule, path: string): Reader {
  const read = (cell: string) => {
    if (cell.trim() === '') return null;
    const value = Number(cell);
    if (Number.isNaN(value)) return undefined;
    return compare(value) ? 1 : 0;
  };
  return { name, index: findColumn(csv, { name: column, path }), read };
}

/** Every column whose cells are all 1, 0, -1 or blank is a class, as in CheXpert's CSV. */
function readDirectly(csv: Csv, idIndex: number): Reader[] {
  return csv.columns.flatMap((name, index) => {
    const isLabel =
      index !== idIndex && csv.rows.every((row) => parseLabel(row[index]!) !== undefined);
    return isLabel ? [{ name, index, read: parseLabel }] : [];
  });
}

function parseLabel(cell: string): LabelValue | undefined {
  if (cell.trim() === '') return null;
  const value = Number(cell);
  return value === 1 || value === 0 || value === -1 ? value : undefined;
}

type Found = { readonly row: readonly string[]; readonly line: number };
type CellReader = Omit<Reader, 'name'> & { readonly path: string };

function readCell(
  { row, line }: Found,
  { index, read, path }: CellReader,
  problems: Problem[],
): LabelValue {
  const value = read(row[index]!);
  if (value !== undefined) return value;
  problems.push({
    path: `${path} record ${line}`,
    message: `expected a number, got ${JSON.stringify(row[index])}`,
  });
  return null;
}

function findColumn({ columns }: Csv, { name, path }: { name: string; path: string }): number {
  const index = columns.indexOf(name);
  if (index >= 0) return index;
  throw new RadiographError('data', {
    path,
    message: `expected a column ${listAccepted(name, columns)}, got ${name}`,
  });
}
