/** A bootstrap interval. */
export type Interval = { readonly mean: number; readonly lower: number; readonly upper: number };

/** IoU by both protocols of method.md a.5. null = undefined (class empty in truth and prediction). */
export type Scores = {
  readonly classes: readonly string[];
  readonly ids: readonly string[];
  readonly thresholds: readonly number[];
  /** Intersections and unions summed over the whole set, divided once. */
  readonly dataset: { readonly perClass: readonly (number | null)[]; readonly mean: number | null };
  /** One IoU per image and class, `[N][K]`, averaged over images where the union is not empty. */
  readonly perImage: {
    readonly iou: readonly (readonly (number | null)[])[];
    readonly perClass: readonly (number | null)[];
    readonly mean: number | null;
  };
  /** Percentile bootstrap over images of the per-image protocol. */
  readonly bootstrap: {
    readonly replicates: number;
    readonly perClass: readonly (Interval | null)[];
    readonly mean: Interval | null;
  };
};
