/** Which column of a label table is what: the image, the patient, findings, and those that are left out. */
import {
  type Csv,
  type ImageNames,
  type Join,
  joinNames,
  readLabelCell,
} from '@radiograph/formats';
import { dataError, listAccepted } from '@radiograph/graph';

/** The place of a column. @throws a data error naming the columns that there are. */
export function findColumn({ columns, path }: Csv, name: string): number {
  const index = columns.indexOf(name);
  if (index >= 0) return index;
  throw dataError(path, `expected a column ${listAccepted(name, columns)}, got ${name}`);
}

/** Cells of a column, in order of the rows. */
export function cellsOf({ rows }: Csv, index: number): string[] {
  return rows.map((row) => row[index]!);
}

const patientName =
  /^(patient|subject|participant|person)s?[ _-]*(id|no|nr|num|number|key|name)?$/i;
/** What a table tells of a patient or an image beside findings; a column of 0 and 1 under such a name is none. */
const detailName =
  /^(sex|gender|patient[ _-]?(sex|gender|age)|age|view|view[ _-]?position|frontal\/lateral|ap\/pa|projection|follow-up #?|fold|split|set)$/i;
const indexName = /^(|index|unnamed: \d+)$/i;

/** The column that names the patient: `wanted`, or the first that is called so; -1 = none. */
export function findPatientColumn(csv: Csv, wanted: string): number {
  if (wanted !== '') return findColumn(csv, wanted);
  return csv.columns.findIndex((name) => patientName.test(name));
}

/** Whether a column counts rows, as pandas writes it. */
function isRowIndex(csv: Csv, index: number): boolean {
  return (
    indexName.test(csv.columns[index]!) && csv.rows.every((row) => /^\d*(\.0)?$/.test(row[index]!))
  );
}

export type IdColumn = { readonly index: number; readonly join: Join };

/**
 * The column that names the images: `wanted`; else the first that is neither a row index nor the patient, or, if it names none of the
 * images, the column that names most of them.
 */
export function findIdColumn(csv: Csv, wanted: string, images: readonly ImageNames[]): IdColumn {
  const join = (index: number) => ({ index, join: joinNames(images, cellsOf(csv, index)) });
  if (wanted !== '') return join(findColumn(csv, wanted));
  const patient = findPatientColumn(csv, '');
  const isLast = (i: number) => i === patient || isRowIndex(csv, i);
  const places = [...csv.columns.keys()];
  const order = [...places.filter((i) => !isLast(i)), ...places.filter(isLast)];
  const matched = (column: IdColumn) => csv.rows.length - column.join.leftKeys.length;
  let best = join(order[0]!);
  if (matched(best) > 0) return best;
  for (const index of order.slice(1)) {
    const column = join(index);
    if (matched(column) > matched(best)) best = column;
  }
  return best;
}

/** What the values of a column are. */
type Judgement =
  | { readonly kind: 'finding' }
  | { readonly kind: 'other' }
  /** Labels beside something else: a typing error, or no finding at all. `row` is the first that is none. */
  | { readonly kind: 'mixed'; readonly row: number };

const mostTypos = 3; // kinds of them; a column of measurements has more

/** Judges a column by its values: a measurement holds many others than 1, 0 and -1, and those seldom. */
export function judgeColumn(csv: Csv, index: number): Judgement {
  if (detailName.test(csv.columns[index]!) || patientName.test(csv.columns[index]!))
    return { kind: 'other' };
  let [labels, blank, row] = [0, 0, -1];
  const others = new Set<string>();
  for (const [i, cells] of csv.rows.entries()) {
    const value = readLabelCell(cells[index]!);
    if (value === null) blank++;
    else if (value !== undefined) labels++;
    else {
      if (row < 0) row = i;
      others.add(cells[index]!);
    }
  }
  if (row < 0) return { kind: 'finding' };
  const filled = csv.rows.length - blank;
  if (labels === 0) return { kind: 'other' };
  if (others.size > mostTypos && 2 * labels < filled) return { kind: 'other' };
  return { kind: 'mixed', row };
}
