/** What uncertain and blank findings mean to a classifier (Irvin et al., "CheXpert", AAAI 2019, section 3.2). */
import type { LabelValue } from '@radiograph/kinds';

/**
 * Uncertain counts as positive (U-Ones), as negative (U-Zeros), is left out of the loss (U-Ignore), takes the probability that an earlier model
 * gives it (U-SelfTrained), or is a third class beside the two (U-MultiClass, for all findings at once).
 */
export const uncertainPolicies = [
  'U-Ones',
  'U-Zeros',
  'U-Ignore',
  'U-SelfTrained',
  'U-MultiClass',
] as const;
export type UncertainPolicy = (typeof uncertainPolicies)[number];
/** Those that may differ from finding to finding. */
export const findingPolicies = ['U-Ones', 'U-Zeros', 'U-Ignore', 'U-SelfTrained'] as const;
/** zero: a finding that the report does not mention is absent (as CheXseg fills it); ignore: it is unknown. */
export const blankPolicies = ['zero', 'ignore'] as const;
export type BlankPolicy = (typeof blankPolicies)[number];

export type LabelPolicy = {
  readonly uncertain: UncertainPolicy;
  readonly blank: BlankPolicy;
  /** Findings with a policy of their own. */
  readonly findings?: Readonly<Record<string, UncertainPolicy>>;
};

/** The policy of one finding. */
export function policyOf(name: string, policy: LabelPolicy): LabelPolicy {
  return { ...policy, uncertain: policy.findings?.[name] ?? policy.uncertain };
}

/** Present or absent, or null where a label is left out or is neither. */
export function applyPolicy(label: LabelValue, { uncertain, blank }: LabelPolicy): 0 | 1 | null {
  if (label === null) return blank === 'zero' ? 0 : null;
  if (label !== -1) return label;
  switch (uncertain) {
    case 'U-Ones':
      return 1;
    case 'U-Zeros':
      return 0;
    case 'U-Ignore':
    case 'U-SelfTrained':
    case 'U-MultiClass':
      return null;
  }
}
