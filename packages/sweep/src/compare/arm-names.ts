/** What arms are called where they are compared. */
import type { CellResult } from '../run/sweep-record.ts';

/** Name by arm: the value alone where one axis of words says it all (`semi` for `supervision=semi`), else the arm as it is. */
export function nameArms(
  cells: readonly Pick<CellResult, 'arm' | 'values'>[],
): ReadonlyMap<string, string> {
  const axes = new Set(cells.flatMap(({ values }) => Object.keys(values)));
  const [axis = ''] = axes;
  const values = cells.map((cell) => cell.values[axis] ?? '');
  const isClear = axes.size === 1 && values.every((value) => !Number.isFinite(Number(value)));
  return new Map(cells.map(({ arm }, i) => [arm, isClear ? values[i]! : arm]));
}
