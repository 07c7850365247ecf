import { dataError } from '@radiograph/graph';

/** Names of a parameter as a set; undefined if none are given. @throws a data error for names that are not among `known`. */
export function namesIn(
  parameter: string,
  names: readonly string[],
  known: readonly string[],
): ReadonlySet<string> | undefined {
  if (names.length === 0) return undefined;
  const all = new Set(known);
  const missing = names.filter((name) => !all.has(name));
  if (missing.length === 0) return new Set(names);
  const some = missing.slice(0, 5).join(', ');
  throw dataError(
    parameter,
    `expected names among the ${all.size} that came in, got ${missing.length} others: ${some}`,
  );
}
