/** Whether somebody far away still lives: by how long their file has not changed, on our own steady clock. */

/** Measures how long a sign stayed the same; clocks of hosts need not agree. */
export type Silence = { readonly sinceMs: (sign: string) => number };

/** Begins to watch one file; `sign` is anything that changes with it. */
export function watchSilence(): Silence {
  let last = '';
  let startedMs = performance.now();
  return {
    sinceMs(sign) {
      if (sign !== last) startedMs = performance.now();
      last = sign;
      return performance.now() - startedMs;
    },
  };
}
