/** Image-level labels as training targets. */
import { dataError, listAccepted } from '@radiograph/graph';
import type { Labels } from '@radiograph/kinds';
import { applyPolicy, type LabelPolicy, policyOf } from './label-policy.ts';

/** What a classifier learns. */
export type ClassTargets = {
  /** Logits per class: 3 (uncertain, negative, positive) for U-MultiClass, else 1. */
  readonly logits: 1 | 3;
  /** `[N, K]` in 0..1, or one-hot `[N, K, 3]`. */
  readonly values: Float32Array;
  /** `[N, K]`, 0 or 1; 0 = left out of the loss. */
  readonly weights: Float32Array;
  /** Whether image i has class k; null = not known for sure. */
  readonly at: (image: number, k: number) => 0 | 1 | null;
  readonly warnings: readonly string[];
};

/** The classes to learn. @throws a data error for one that the labels do not have. */
export function chooseClasses(labels: Labels, wanted: readonly string[]): readonly string[] {
  const unknown = wanted.filter((name) => !labels.classes.includes(name));
  if (unknown.length > 0)
    throw dataError(
      'classes',
      `expected ${listAccepted(unknown[0]!, labels.classes)}, got ${unknown.join(', ')}`,
    );
  const chosen = wanted.length > 0 ? wanted : labels.classes;
  if (chosen.length === 0) throw dataError('labels', 'expected at least one class, got none');
  return chosen;
}

export type TargetOptions = {
  /** Do not insist on a label for every class. */
  readonly allowEmpty?: boolean;
  /** Probabilities `[N, K]` that U-SelfTrained puts in place of uncertain labels. */
  readonly teacher?: Float32Array | undefined;
};

/** Applies the policies. @throws a data error naming every class without a single label, unless that is allowed. */
export function readTargets(
  labels: Labels,
  classes: readonly string[],
  policy: LabelPolicy,
  { allowEmpty = false, teacher }: TargetOptions = {},
): ClassTargets {
  const columns = classes.map((name) => labels.classes.indexOf(name));
  const policies = classes.map((name) => policyOf(name, policy));
  const rows = labels.values.map((row) =>
    columns.map((column, k) => applyPolicy(row[column]!, policies[k]!)),
  );
  const counts = classes.map((_, k) => ({
    positive: rows.filter((row) => row[k] === 1).length,
    negative: rows.filter((row) => row[k] === 0).length,
  }));
  const empty = classes.filter((_, k) => counts[k]!.positive + counts[k]!.negative === 0);
  if (empty.length > 0 && !allowEmpty) {
    throw dataError(
      'labels',
      `expected a label for every class, got none for ${empty.join(', ')} under ${policy.uncertain}, blank ${policy.blank}`,
    );
  }
  const warnings = classes.flatMap((name, k) => {
    const { positive, negative } = counts[k]!;
    return positive > 0 && negative > 0
      ? []
      : [`${name}: ${positive} positive and ${negative} negative labels: nothing to tell apart`];
  });
  const isUncertain = (image: number, k: number) => labels.values[image]![columns[k]!] === -1;
  const encode = policy.uncertain === 'U-MultiClass' ? encodeThreeClasses : encodeProbabilities;
  const encoded = encode(rows, isUncertain, (image, k) =>
    policies[k]!.uncertain === 'U-SelfTrained' ? teacher?.[image * classes.length + k] : undefined,
  );
  return { ...encoded, at: (image, k) => rows[image]![k]!, warnings };
}

type Rows = readonly (readonly (0 | 1 | null)[])[];
type Encoded = Pick<ClassTargets, 'logits' | 'values' | 'weights'>;

/** Targets `[N, K]`: present 1, absent 0, uncertain what `soft` says. */
function encodeProbabilities(
  rows: Rows,
  isUncertain: (image: number, k: number) => boolean,
  soft: (image: number, k: number) => number | undefined,
): Encoded {
  const flat = rows.flatMap((row, image) =>
    row.map((value, k) => value ?? (isUncertain(image, k) ? soft(image, k) : undefined)),
  );
  return {
    logits: 1,
    values: Float32Array.from(flat, (value) => value ?? 0),
    weights: Float32Array.from(flat, (value) => (value === undefined ? 0 : 1)),
  };
}

/** One-hot targets `[N, K, 3]`: uncertain, negative, positive (label + 1, method.md b.1). */
function encodeThreeClasses(
  rows: Rows,
  isUncertain: (image: number, k: number) => boolean,
): Encoded {
  const places = rows.flatMap((row, image) =>
    row.map((value, k) => (isUncertain(image, k) ? 0 : value === null ? null : value + 1)),
  );
  const values = new Float32Array(3 * places.length);
  for (const [i, place] of places.entries()) if (place !== null) values[3 * i + place] = 1;
  return {
    logits: 3,
    values,
    weights: Float32Array.from(places, (place) => (place === null ? 0 : 1)),
  };
}
