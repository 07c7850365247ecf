/** IoU by the two protocols of CheXseg (Gadgil et al., MIDL 2021, section 4), from counted pixels. */
import { columnMeans, type Matrix, meanOf } from '../mean.ts';

/** Pixels in both masks, in either and in each; null where the class was not annotated. */
export type Overlap = {
  readonly intersection: number;
  readonly union: number;
  readonly truth: number;
  readonly predicted: number;
} | null;

/** IoU per class; null where it is not defined. `mean` is over the classes that define it. */
export type DatasetIou = {
  readonly perClass: readonly (number | null)[];
  readonly mean: number | null;
};
/** One IoU per image and class `[N][K]`, then averaged over images and over classes. */
export type PerImageIou = DatasetIou & { readonly iou: Matrix };

/** Intersections and unions summed over all images, divided once. A class whose union is empty has no score and is left out of the mean. */
export function datasetIou(overlaps: readonly (readonly Overlap[])[]): DatasetIou {
  const classes = overlaps[0]?.map((_, k) => k) ?? [];
  const perClass = classes.map((k) => {
    const column = overlaps.map((row) => row[k] ?? { intersection: 0, union: 0 });
    const union = column.reduce((sum, overlap) => sum + overlap.union, 0);
    const intersection = column.reduce((sum, overlap) => sum + overlap.intersection, 0);
    return union === 0 ? null : intersection / union;
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
): PerImageIou {
  const iou = overlaps.map((row) => row.map((overlap) => iouOf(overlap, counted)));
  const perClass = columnMeans(iou);
  return { iou, perClass, mean: meanOf(perClass) };
}

function iouOf(overlap: Overlap, counted: CountedPairs): number | null {
  if (overlap === null || overlap.union === 0) return null;
  if (counted === 'both' && (overlap.truth === 0 || overlap.predicted === 0)) return null;
  return overlap.intersection / overlap.union;
}
