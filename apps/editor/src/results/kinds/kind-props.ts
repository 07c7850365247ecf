import type { SummaryOf } from '@radiograph/api';
import type { PortKind } from '@radiograph/graph';
import type { Output } from '../result-set.ts';

/** What the view of a port kind gets. Compact: beside the canvas; else on a whole screen. */
export type KindProps<K extends PortKind = PortKind> = K extends PortKind
  ? { readonly output: Output; readonly summary: SummaryOf<K>; readonly isCompact: boolean }
  : never;
