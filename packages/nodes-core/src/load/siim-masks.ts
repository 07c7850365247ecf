/** The CSV of the SIIM-ACR pneumothorax set -> masks: one row per run-length string, several per image (method.md section c). */
import { addSiimRle, type Csv } from '@radiograph/formats';
import { dataError, type Problem, RadiographError } from '@radiograph/graph';
import { encodeRle, type Images, identityFrame, type Masks } from '@radiograph/kinds';

export type SiimTask = { readonly csv: Csv; readonly path: string; readonly className: string };

/**
 * The masks of these images in original pixels; rows of one image are joined, "-1" is an empty mask.
 *
 * An image without a row was not annotated (null). @throws a data error by line for runs that do not fit, and for missing columns.
 */
export function readSiimMasks(task: SiimTask, { ids, originalSizes }: Images): Masks {
  const rows = groupRows(task);
  const problems: Problem[] = [];
  const counts = ids.map((id, i): [string | null] => {
    const found = rows.get(id);
    if (found === undefined) return [null];
    const [height, width] = originalSizes[i]!;
    const mask = new Uint8Array(height * width);
    for (const { text, line } of found) {
      try {
        addSiimRle(mask, [height, width], text);
      } catch (error) {
        if (!(error instanceof RadiographError)) throw error;
        problems.push({ path: `${task.path} line ${line}`, message: error.message });
      }
    }
    return [encodeRle(mask, height, width)];
  });
  if (problems.length > 0) throw new RadiographError('data', problems);
  return {
    ids,
    classes: [task.className],
    source: 'expert',
    sizes: originalSizes,
    frames: ids.map(() => identityFrame),
    counts,
  };
}

type Row = { readonly text: string; readonly line: number };

function groupRows({ csv: { columns, rows, lines }, path }: SiimTask): Map<string, Row[]> {
  const [id, pixels] = ['ImageId', 'EncodedPixels'].map((name) => columns.indexOf(name)) as [
    number,
    number,
  ];
  if (id < 0 || pixels < 0)
    throw dataError(
      `${path} line 1`,
      `expected the columns ImageId and EncodedPixels, got ${columns.join(', ')}`,
    );
  const groups = new Map<string, Row[]>();
  for (const [i, row] of rows.entries()) {
    const name = row[id]!.trim();
    groups.set(name, [...(groups.get(name) ?? []), { text: row[pixels]!.trim(), line: lines[i]! }]);
  }
  return groups;
}
