/** CheXpert's CSV files: one row per image (or study), fourteen findings (method.md section c). */
import {
  type Csv,
  labelSpellings,
  parseCsv,
  readLabelCell,
  throwProblems,
} from '@radiograph/formats';
import { dataError, type Problem } from '@radiograph/graph';
import type { LabelValue } from '@radiograph/kinds';
import { type LabelTask, labelTasks } from '../phantom/finding.ts';

export type View = 'frontal' | 'lateral';

/** One row: an image, or a whole study in files that label studies. */
export type ChexpertRow = {
  /** `train`, `valid`, `test` as the path says it; empty if it does not. */
  readonly set: string;
  /** What follows the set: `patient00002/study2/view1_frontal.jpg`, or `patient00002/study2` of a study. */
  readonly file: string;
  readonly patientId: string;
  /** Of an image: from its column or else its file name. */
  readonly view: View | undefined;
  /** AP, PA, LL, RL or empty. */
  readonly projection: string;
  readonly sex: string;
  readonly age: string;
  /** By `classes`. */
  readonly values: readonly LabelValue[];
  readonly line: number;
};
export type ChexpertCsv = {
  /** What was found in the file and what is not read, for the log. */
  readonly notes: readonly string[];
  /** The findings that the file has, in the classifier's order. */
  readonly classes: readonly LabelTask[];
  readonly rows: readonly ChexpertRow[];
};

/** Names that files use for a column; compared without case, with spaces for underscores. */
const details = {
  path: ['path', 'study', 'path to image', 'image'],
  view: ['frontal/lateral', 'frontal lateral'],
  projection: ['ap/pa', 'ap pa'],
  sex: ['sex'],
  age: ['age'],
} as const;
const plain = (name: string) =>
  name
    .toLowerCase()
    .replaceAll(/[\s_]+/g, ' ')
    .trim();
const taskOf: ReadonlyMap<string, LabelTask> = new Map([
  ...labelTasks.map((task) => [plain(task), task] as const),
  ['lung opacity', 'Airspace Opacity'], // CheXpert's name for it
]);

/**
 * Reads a CSV of CheXpert or CheXlocalize: any order of columns, findings in any subset, with or without Sex, Age and views.
 *
 * "Lung Opacity" becomes Airspace Opacity. @throws a data error by line and column.
 */
export function readChexpertCsv(content: Uint8Array | string, path: string): ChexpertCsv {
  const csv = parseCsv(content, path);
  const column = findColumns(csv, path);
  const problems: Problem[] = [];
  const labelOf = createLabelReader();
  const cell = (row: readonly string[], index: number) => (index < 0 ? '' : row[index]!);
  const rows = csv.rows.map((row, i): ChexpertRow => {
    const line = csv.lines[i]!;
    const place = splitPath(cell(row, column.path));
    if (place.file === '')
      problems.push({ path: `${path} line ${line}`, message: 'expected the path of an image' });
    const values = column.tasks.map(({ index }) => {
      const value = labelOf(cell(row, index));
      if (value !== undefined) return value;
      problems.push({
        path: `${path} line ${line}, column ${csv.columns[index]}`,
        message: `expected ${labelSpellings}, got ${JSON.stringify(row[index])}`,
      });
      return null;
    });
    return {
      ...place,
      view: readView(cell(row, column.view)) ?? readView(place.file),
      projection: cell(row, column.projection).toUpperCase(),
      sex: cell(row, column.sex),
      age: cell(row, column.age),
      values,
      line,
    };
  });
  throwProblems(problems);
  const notes = [...csv.notes, ...nameUnread(csv, column)];
  return { classes: column.tasks.map(({ task }) => task), rows, notes };
}

/** Of three million cells of labels all but a few are the same four texts. */
function createLabelReader(): typeof readLabelCell {
  const known = new Map<string, LabelValue | undefined>();
  return (cell) => {
    const value = known.get(cell);
    if (value !== undefined || known.has(cell)) return value;
    const read = readLabelCell(cell);
    known.set(cell, read);
    return read;
  };
}

type Columns = ReturnType<typeof findColumns>;

function findColumns({ columns }: Csv, path: string) {
  const names = columns.map(plain);
  const find = (accepted: readonly string[]) => names.findIndex((name) => accepted.includes(name));
  const tasks = labelTasks.flatMap((task) => {
    const indices = names.flatMap((name, i) => (taskOf.get(name) === task ? [i] : []));
    if (indices.length > 1)
      throw dataError(
        `${path} line 1`,
        `expected one column for ${task}, got ${indices.map((i) => columns[i]).join(' and ')}`,
      );
    return indices.map((index) => ({ task, index }));
  });
  const found = columns.join(', ').slice(0, 200);
  if (find(details.path) < 0)
    throw dataError(`${path} line 1`, `expected a column Path (or Study), got ${found}`);
  if (tasks.length === 0)
    throw dataError(`${path} line 1`, `expected columns of findings (Edema, ...), got ${found}`);
  return {
    tasks,
    path: find(details.path),
    view: find(details.view),
    projection: find(details.projection),
    sex: find(details.sex),
    age: find(details.age),
  };
}

/** Columns that are neither findings nor details of the image. */
function nameUnread({ columns }: Csv, { tasks, ...places }: Columns): string[] {
  const read = new Set([...tasks.map(({ index }) => index), ...Object.values(places)]);
  const unread = columns.filter((name, i) => !read.has(i) && name !== '');
  return unread.length === 0 ? [] : [`columns that are not read: ${unread.join(', ')}`];
}

/**
 * `CheXpert-v1.0-small/train/patient00002/study2/view1_frontal.jpg` -> its set and the rest, whatever the folders above. The set is the
 * folder that holds the patient's, else the last one called so; a copy made on Windows has backslashes.
 */
function splitPath(written: string): Pick<ChexpertRow, 'set' | 'file' | 'patientId'> {
  const path = written.replaceAll('\\', '/');
  const match =
    /^(?:.*\/)?(train|valid|val|test)\/(patient\w+.*)$/.exec(path) ??
    /^(?:.*\/)?(train|valid|val|test)\/(.+)$/.exec(path);
  const patient = /patient\w+/.exec(match?.[2] ?? path);
  const file = match?.[2] ?? (patient === null ? path : path.slice(patient.index));
  return { set: match?.[1] ?? '', file, patientId: patient?.[0] ?? file.split('/')[0]! };
}

function readView(text: string): View | undefined {
  const found = /frontal|lateral/i.exec(text)?.[0].toLowerCase();
  return found === 'frontal' || found === 'lateral' ? found : undefined;
}
