/** "Did you mean": the known names closest to a wrong one. */

/** Says what would be accepted, the nearest names first. */
export function listAccepted(wrong: string, accepted: readonly string[]): string {
  if (accepted.length === 0) return 'nothing (there are none)';
  const ranked = accepted
    .map((name) => ({ name, distance: editDistance(wrong, name) }))
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .map(({ name }) => name);
  return ranked.length <= 6
    ? `one of ${ranked.join(', ')}`
    : `one of ${ranked.slice(0, 5).join(', ')}, ... (${ranked.length} in all)`;
}

/** The accepted name that is nearest to a wrong one; undefined where there are none. */
export function nearestName(wrong: string, accepted: readonly string[]): string | undefined {
  const ranked = accepted.map((name) => ({ name, distance: editDistance(wrong, name) }));
  return ranked.sort((a, b) => a.distance - b.distance)[0]?.name;
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
