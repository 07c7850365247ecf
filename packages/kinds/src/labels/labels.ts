/** An image-level finding: positive, negative, uncertain, or blank (not mentioned). */
export type LabelValue = 1 | 0 | -1 | null;

/** Image-level findings `[N, K]`. */
export type Labels = {
  readonly ids: readonly string[];
  readonly classes: readonly string[];
  readonly values: readonly (readonly LabelValue[])[];
};
