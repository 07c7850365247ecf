/** The CSV of the SIIM-ACR pneumothorax set -> masks: one row per run-length string, several per image (method.md section c). */
import { addSiimRle, type Csv, describeJoin, joinNames, throwProblems } from '@radiograph/formats';
import { type Problem, RadiographError } from '@radiograph/graph';
import { emptyRle, encodeRle, identityFrame, type Masks } from '@radiograph/kinds';
import { cellsOf, findColumn } from './find-columns.ts';
import { type MaskJoinTask, type MaskRead, missingMaskProblem } from './read-masks.ts';

/** Rows by the place of their image. */
export type SiimJoin = {
  readonly csv: Csv;
  readonly pixels: number;
  readonly rowsOf: ReadonlyMap<number, readonly number[]>;
};

/** Joins the rows to the images. @throws a data error for missing columns, and for images without a row unless they may lack one. */
export function joinSiimMasks(task: MaskJoinTask, csv: Csv): SiimJoin {
  const [id, pixels] = [findColumn(csv, 'ImageId'), findColumn(csv, 'EncodedPixels')];
  const keys = cellsOf(csv, id);
  const join = joinNames(
    task.files.map(({ names }) => names),
    keys,
  );
  const ids = task.files.map((file) => file.id);
  const place = (row: number) => ` (line ${csv.lines[row]})`;
  const notes = describeJoin(join, { path: csv.path, what: 'row', ids, keys, place });
  for (const note of [...csv.notes, ...notes]) task.log(note);
  if (task.missing === 'refuse')
    throwProblems(join.leftImages.map((i) => missingMaskProblem(csv.path, ids[i]!, 'row')));
  const rowsOf = new Map<number, number[]>();
  for (const [row, image] of join.imageOf.entries()) {
    const rows = rowsOf.get(image);
    if (rows !== undefined) rows.push(row);
    else if (image >= 0) rowsOf.set(image, [row]);
  }
  return { csv, pixels, rowsOf };
}

/**
 * The masks of these images in original pixels; rows of one image are joined, "-1" is an empty mask.
 *
 * @throws a data error by line for runs that do not fit.
 */
export function readSiimMasks(
  { classes: [className = 'Pneumothorax'], missing }: MaskJoinTask,
  { csv, pixels, rowsOf }: SiimJoin,
  { images: { ids, originalSizes }, kept }: Omit<MaskRead, 'onImage'>,
): Masks {
  const problems: Problem[] = [];
  const counts = kept.map((file, i): [string | null] => {
    const rows = rowsOf.get(file);
    const [height, width] = originalSizes[i]!;
    if (rows === undefined) return [missing === 'empty' ? emptyRle(height, width) : null];
    const mask = new Uint8Array(height * width);
    for (const row of rows) {
      try {
        addSiimRle(mask, [height, width], csv.rows[row]![pixels]!);
      } catch (error) {
        if (!(error instanceof RadiographError)) throw error;
        problems.push({ path: `${csv.path} line ${csv.lines[row]}`, message: error.message });
      }
    }
    return [encodeRle(mask, height, width)];
  });
  throwProblems(problems);
  const frames = ids.map(() => identityFrame);
  return { ids, classes: [className], source: 'expert', sizes: originalSizes, frames, counts };
}
