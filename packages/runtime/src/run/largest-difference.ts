/** The largest difference between two numbers in the same place of two values; Infinity where they differ in anything but numbers. */
export function largestDifference(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return Object.is(a, b) ? 0 : Number.POSITIVE_INFINITY;
  if (isNumbers(a) && isNumbers(b)) return compareNumbers(a, b);
  const [left, right] = [membersOf(a), membersOf(b)];
  if (left.size !== right.size) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (const [name, member] of left) {
    if (!right.has(name)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, largestDifference(member, right.get(name)));
  }
  return largest;
}

type Numbers = Float32Array | Uint8Array | Uint16Array;

const isNumbers = (value: object): value is Numbers =>
  value instanceof Float32Array || value instanceof Uint8Array || value instanceof Uint16Array;

function compareNumbers(a: Numbers, b: Numbers): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

function membersOf(value: object): ReadonlyMap<unknown, unknown> {
  return value instanceof Map ? value : new Map<unknown, unknown>(Object.entries(value));
}
