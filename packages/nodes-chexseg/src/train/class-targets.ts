/** Image-level labels as training targets. */
import { dataError, type Labels, listAccepted } from '@radiograph/graph';
import { applyPolicy, type LabelPolicy } from './label-policy.ts';

/** Targets and weights `[N, K]`, 0 or 1; weight 0 = left out of the loss. */
export type ClassTargets = {
  readonly values: Float32Array;
  readonly weights: Float32Array;
  /** The target of image i and class k; null = left out. */
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

/** Applies the policies. @throws a data error naming every class without a single label, unless that is allowed. */
export function readTargets(
  labels: Labels,
  classes: readonly string[],
  policy: LabelPolicy,
  { allowEmpty = false }: { readonly allowEmpty?: boolean } = {},
): ClassTargets {
  const columns = classes.map((name) => labels.classes.indexOf(name));
  const rows = labels.values.map((row) =>
    columns.map((column) => applyPolicy(row[column]!, policy)),
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
  const flat = rows.flat();
  return {
    values: Float32Array.from(flat, (value) => value ?? 0),
    weights: Float32Array.from(flat, (value) => (value === null ? 0 : 1)),
    at: (image, k) => rows[image]![k]!,
    warnings,
  };
}
