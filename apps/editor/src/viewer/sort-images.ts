import type { ScoresData } from '@radiograph/api';

export type SortOrder = 'worst' | 'best' | 'as-read';
export type RankedImage = { readonly id: string; readonly iou: number | null };

/**
 * The scored images with their IoU of one class, or the mean over the classes that they define (null class), in this order.
 * Images without a score come last.
 */
export function rankImages(
  { ids, classes, perImage }: ScoresData,
  { className, order }: { readonly className: string | null; readonly order: SortOrder },
): readonly RankedImage[] {
  const column = className === null ? -1 : classes.indexOf(className);
  const ranked = ids.map((id, i) => {
    const row = perImage.iou[i] ?? [];
    return { id, iou: column < 0 ? meanOf(row) : (row[column] ?? null) };
  });
  if (order === 'as-read') return ranked;
  const sign = order === 'worst' ? 1 : -1;
  return ranked.toSorted((a, b) => {
    if (a.iou === null || b.iou === null) return Number(a.iou === null) - Number(b.iou === null);
    return sign * (a.iou - b.iou);
  });
}

function meanOf(row: readonly (number | null)[]): number | null {
  const known = row.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
