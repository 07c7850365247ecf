import type { ArtifactSummary } from '../artifact-api.ts';
import type { Output } from '../result-set.ts';

/** What the view of a port kind gets. Compact: beside the canvas; else on a whole screen. */
export type KindProps = {
  readonly output: Output;
  readonly summary: ArtifactSummary;
  readonly isCompact: boolean;
};
