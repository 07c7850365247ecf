/** What uncertain and blank findings mean to a classifier (Irvin et al., "CheXpert", AAAI 2019, section 3.2). */
import type { LabelValue } from '@radiograph/graph';

/** U-Ones: uncertain counts as positive; U-Zeros: as negative; U-Ignore: it is left out of the loss. */
export const uncertainPolicies = ['U-Ones', 'U-Zeros', 'U-Ignore'] as const;
export type UncertainPolicy = (typeof uncertainPolicies)[number];
/** zero: a finding that the report does not mention is absent (as CheXseg fills it); ignore: it is unknown. */
export const blankPolicies = ['zero', 'ignore'] as const;
export type BlankPolicy = (typeof blankPolicies)[number];

export type LabelPolicy = { readonly uncertain: UncertainPolicy; readonly blank: BlankPolicy };

/** The target of a label, or null where it is left out. */
export function applyPolicy(label: LabelValue, { uncertain, blank }: LabelPolicy): 0 | 1 | null {
  if (label === null) return blank === 'zero' ? 0 : null;
  if (label !== -1) return label;
  switch (uncertain) {
    case 'U-Ones':
      return 1;
    case 'U-Zeros':
      return 0;
    case 'U-Ignore':
      return null;
  }
}
