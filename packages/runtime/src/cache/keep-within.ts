/** Keeps a store within its budget after each run. */
import type { ErrorReport } from '../execute/events.ts';
import { reportError } from '../execute/report-error.ts';
import type { NodePackage } from '../sources/implementation-digest.ts';
import { type Collected, collectGarbage } from './collect-garbage.ts';

/** What came of it. The store may stay above the budget: what is pinned, or wanted by runs that go on or wait, is kept. */
export type Eviction =
  | { readonly type: 'collected'; readonly maxBytes: number; readonly collected: Collected }
  | { readonly type: 'failed'; readonly error: ErrorReport };

type Budget = {
  readonly home: string;
  readonly maxBytes: number;
  readonly packages: readonly NodePackage[];
};

/** Removes what is cheapest to compute again per byte, above the budget. Never throws: the run before it is finished, whatever happens here. */
export async function keepWithin(budget: Budget): Promise<Eviction> {
  try {
    const { maxBytes } = budget;
    return { type: 'collected', maxBytes, collected: await collectGarbage(budget) };
  } catch (error) {
    return { type: 'failed', error: reportError(error) };
  }
}
