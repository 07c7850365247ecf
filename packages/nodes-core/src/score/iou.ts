/** IoU by the two protocols of CheXseg (method.md a.5), from counted pixels. */
import type { Scores } from '@radiograph/kinds';
import type { Overlap } from './overlap.ts';

type Matrix = readonly (readonly (number | null)[])[];

/** Intersections and unions summed over all images, divided once. A class whose union is empty has no score and is left out of the mean. */
export function datasetIou(overlaps: readonly (readonly Overlap[])[]): Scores['dataset'] {
  const classes = overlaps[0]?.map((_, k) => k) ?? [];
  const perClass = classes.map((k) => {
    const column = overlaps.map((row) => row[k] ?? { intersection: 0, union: 0 });
    const union = column.reduce((sum, overlap) => sum + overlap.union, 0);
    return union === 0
      ? null
      : column.reduce((sum, { intersection }) => sum + intersection, 0) / union;
  });
  return { perClass, mean: meanOf(perClass) };
}

/** Which images count for a class: those where either mask has a pixel, or those where both have (CheXlocalize's `true_pos_only`). */
export const countedPairs = ['either', 'both'] as const;
export type CountedPairs = (typeof countedPairs)[number];

/** One IoU per image and class, null where it does not count (see `CountedPairs`) or was not annotated; then the mean over images. */
export function perImageIou(
  overlaps: readonly (readonly Overlap[])[],
  counted: CountedPairs = 'either',
): Scores['perImage'] {
  const iou = overlaps.map((row) => row.map((overlap) => iouOf(overlap, counted)));
  const perClass = classMeans(
    iou,
    iou.map((_, i) => i),
  );
  return { iou, perClass, mean: meanOf(perClass) };
}

function iouOf(overlap: Overlap, counted: CountedPairs): number | null {
  if (overlap === null || overlap.union === 0) return null;
  if (counted === 'both' && (overlap.truth === 0 || overlap.predicted === 0)) return null;
  return overlap.intersection / overlap.union;
}

/** Class means over these rows (a row may come twice). */
export function classMeans(iou: Matrix, rows: readonly number[]): (number | null)[] {
  const classes = iou[0]?.map((_, k) => k) ?? [];
  return classes.map((k) => meanOf(rows.map((row) => iou[row]![k] ?? null)));
}

/** The mean of what is defined; null if nothing is. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
}
