/** A label table and the images of a set -> image-level labels and patients. */
import {
  type Csv,
  describeJoin,
  findDoubles,
  type ImageNames,
  type JoinSides,
  labelSpellings,
  readLabelCell,
  some,
  throwProblems,
} from '@radiograph/formats';
import { dataError, type Problem } from '@radiograph/graph';
import type { Labels, LabelValue } from '@radiograph/kinds';
import {
  cellsOf,
  findColumn,
  findIdColumn,
  findPatientColumn,
  judgeColumn,
} from './find-columns.ts';
import type { LabelRule } from './label-rules.ts';

export type LabelTask = {
  readonly csv: Csv;
  /** Empty = found. */
  readonly idColumn: string;
  readonly patientColumn: string;
  /** Columns that are findings; empty = those whose values are labels. */
  readonly labelColumns: readonly string[];
  /** Instead of columns: findings from numbers. */
  readonly rules: readonly LabelRule[];
  readonly missingRows: 'refuse' | 'blank' | 'leave-out';
};

/** The images to be labeled, by name. */
export type NamedImages = {
  readonly ids: readonly string[];
  readonly names: readonly ImageNames[];
};

export type ReadLabels = {
  readonly labels: Labels;
  /** The patient of each image as the table says it; undefined without such a column. "" = not said. */
  readonly patients: { readonly column: string; readonly ids: readonly string[] } | undefined;
  /** Whether each image has a row. */
  readonly hasRow: readonly boolean[];
  /** What was found, matched, left over and not read. */
  readonly notes: readonly string[];
};

/**
 * Labels of these images, in order; an image without a row is an error, or blank.
 *
 * @throws a data error by line and column for cells that are no label, for images that two rows name, and where no row names any.
 */
export function readLabels(task: LabelTask, { ids, names }: NamedImages): ReadLabels {
  const { csv } = task;
  const { index: idIndex, join } = findIdColumn(csv, task.idColumn, names);
  const keys = cellsOf(csv, idIndex);
  const place = (row: number) => ` (line ${csv.lines[row]})`;
  const sides: JoinSides = { path: csv.path, what: 'row', ids, keys, place };
  const matched = describeJoin(join, sides);
  const rowOf = new Int32Array(ids.length).fill(-1);
  for (const [row, image] of join.imageOf.entries()) if (image >= 0) rowOf[image] = row;
  const readers = openReaders(task, idIndex);
  const problems = findDoubles(join, sides);
  if (task.missingRows === 'refuse')
    problems.push(
      ...join.leftImages.map((i) => ({
        path: csv.path,
        message: `expected a row for image ${ids[i]}, got none (missingRows says what else to do)`,
      })),
    );
  const values = [...rowOf].map((row) =>
    readers.classes.map(({ read, column }): LabelValue => {
      if (row < 0) return null;
      const value = read(csv.rows[row]!);
      if (value !== undefined) return value;
      problems.push(cellProblem(csv, { row, column: column!, expected: readers.expected }));
      return null;
    }),
  );
  // What was left over may explain what is missing.
  throwProblems(problems.length === 0 ? [] : [...problems, ...matched.slice(1).map(asProblem)]);
  return {
    labels: { ids, classes: readers.classes.map(({ name }) => name), values },
    patients: readPatients(task, rowOf),
    hasRow: [...rowOf].map((row) => row >= 0),
    notes: [...csv.notes, ...readers.notes, ...matched],
  };
}

const nameOf = ({ path }: Csv) => path.slice(path.lastIndexOf('/') + 1);
const asProblem = (message: string): Problem => ({ path: '', message });

type Class = {
  readonly name: string;
  /** Of a class that is a column. */
  readonly column: number;
  /** undefined = no label. */
  readonly read: (row: readonly string[]) => LabelValue | undefined;
};
type Readers = {
  readonly classes: readonly Class[];
  readonly expected: string;
  readonly notes: readonly string[];
};

function openReaders(task: LabelTask, idIndex: number): Readers {
  if (task.rules.length > 0) return openRules(task);
  if (task.labelColumns.length === 0) {
    const list = task.csv.columns.findIndex((name) => /^finding labels$/i.test(name));
    return list >= 0 ? openList(task.csv, list) : openFound(task.csv, idIndex);
  }
  const classes = task.labelColumns.map((name) =>
    columnClass(task.csv, findColumn(task.csv, name)),
  );
  return { classes, expected: labelSpellings, notes: [] };
}

function columnClass({ columns }: Csv, column: number): Class {
  return { name: columns[column]!, column, read: (row) => readLabelCell(row[column]!) };
}

function openRules({ csv, rules }: LabelTask): Readers {
  const classes = rules.map(({ name, column, compare }): Class => {
    const index = findColumn(csv, column);
    const read = (row: readonly string[]) => {
      if (readLabelCell(row[index]!) === null) return null;
      const value = Number(row[index]);
      return Number.isFinite(value) ? (compare(value) ? 1 : 0) : undefined;
    };
    return { name, column: index, read };
  });
  return { classes, expected: 'a number with a decimal point, or blank', notes: [] };
}

/** Every column whose values are labels. @throws a data error for a column that holds labels and others, and if there is none. */
function openFound(csv: Csv, idIndex: number): Readers {
  const columns = [...csv.columns.keys()].filter((i) => i !== idIndex && csv.columns[i] !== '');
  const judged = columns.map((column) => ({ column, judgement: judgeColumn(csv, column) }));
  throwProblems(
    judged.flatMap(({ column, judgement }) =>
      judgement.kind !== 'mixed'
        ? []
        : [
            cellProblem(csv, {
              row: judgement.row,
              column,
              expected: `${labelSpellings}, as in the column's other rows (if it is no finding, name those that are in labelColumns)`,
            }),
          ],
    ),
  );
  const found = judged.filter(({ judgement }) => judgement.kind === 'finding');
  const others = judged.filter(({ judgement }) => judgement.kind === 'other');
  const left = some(
    others.map(({ column }) => csv.columns[column]!),
    10,
  );
  if (found.length === 0)
    throw dataError(
      csv.path,
      `expected a column of findings (${labelSpellings}), got none: ${left || 'there are no other columns'}`,
    );
  return {
    classes: found.map(({ column }) => columnClass(csv, column)),
    expected: labelSpellings,
    notes:
      others.length === 0
        ? []
        : [`${nameOf(csv)}: ${others.length} columns are no findings: ${left}`],
  };
}

/** A column of names with pipes between them, as in ChestX-ray14: each name is a class, positive where it stands, else negative. */
function openList(csv: Csv, column: number): Readers {
  const split = (cell: string) => cell.split('|').map((name) => name.trim());
  const names = new Set(csv.rows.flatMap((row) => split(row[column]!)));
  names.delete('');
  const classes = [...names].sort().map((name): Class => {
    const read = (row: readonly string[]) => {
      if (row[column] === '') return null;
      return split(row[column]!).includes(name) ? 1 : 0;
    };
    return { name, column, read };
  });
  const said = `${nameOf(csv)}: ${csv.columns[column]} names ${classes.length} findings, separated by pipes`;
  return { classes, expected: 'names of findings', notes: [said] };
}

type Cell = { readonly row: number; readonly column: number; readonly expected: string };

function cellProblem(csv: Csv, { row, column, expected }: Cell): Problem {
  return {
    path: `${csv.path} line ${csv.lines[row]}, column ${csv.columns[column]}`,
    message: `expected ${expected}, got ${JSON.stringify(csv.rows[row]![column])}`,
  };
}

function readPatients(
  { csv, patientColumn }: LabelTask,
  rowOf: Int32Array,
): ReadLabels['patients'] {
  const index = findPatientColumn(csv, patientColumn);
  if (index < 0) return undefined;
  const ids = [...rowOf].map((row) => (row < 0 ? '' : csv.rows[row]![index]!));
  return { column: csv.columns[index]!, ids };
}
