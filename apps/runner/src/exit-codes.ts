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
