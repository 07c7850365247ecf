/** Something that is read once by its key, as a hook. */
import { useEffect, useState } from 'react';

/** How far reading it is. */
export type Loaded<T> =
  | { readonly type: 'waiting' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'ready'; readonly value: T };

const waiting = { type: 'waiting' } as const;

/** A cached reader as a hook; a null key reads nothing. Failures are not kept. */
export function createReader<T>(
  read: (key: string) => Promise<T>,
): (key: string | null) => Loaded<T> {
  const kept = new Map<string, Loaded<T>>();
  return function useRead(key) {
    const known = key === null ? waiting : (kept.get(key) ?? waiting);
    const [, render] = useState(0);
    useEffect(() => {
      if (key === null || kept.get(key)?.type === 'ready') return;
      let isGone = false;
      void read(key)
        .then(
          (value): Loaded<T> => ({ type: 'ready', value }),
          (error: unknown): Loaded<T> => ({
            type: 'failed',
            message: error instanceof Error ? error.message : String(error),
          }),
        )
        .then((result) => {
          kept.set(key, result);
          if (!isGone) render((count) => count + 1);
        });
      return () => {
        isGone = true;
      };
    }, [key]);
    return known;
  };
}
