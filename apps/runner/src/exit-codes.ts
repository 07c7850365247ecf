import type { ErrorCode } from '@radiograph/graph';

/** Exit code by kind of error; 0 is success. Scripts may rely on these. */
export const exitCodes: { readonly [C in ErrorCode | 'internal']: number } = {
  node: 1,
  usage: 2,
  graph: 3,
  data: 4,
  canceled: 5,
  mismatch: 6,
  internal: 70,
};

const meanings: { readonly [C in keyof typeof exitCodes]: string } = {
  node: 'a step failed',
  usage: 'bad usage, or an engine that is not here',
  graph: 'a graph with problems',
  data: 'missing or bad data',
  canceled: 'canceled',
  mismatch: 'a repeated run came out differently',
  internal: 'a bug of ours',
};

/** For people: `0 done, 1 a step failed, ...`. */
export function describeExitCodes(): string {
  const failures = Object.entries(exitCodes) as [keyof typeof exitCodes, number][]; // no other keys
  return ['0 done', ...failures.map(([kind, code]) => `${code} ${meanings[kind]}`)].join(', ');
}
