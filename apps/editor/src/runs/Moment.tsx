import { useSyncExternalStore } from 'react';
import { printAgo, printWholeMoment } from './print.ts';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for everything that tells a time. */
function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const tell of listeners) tell();
  }, 20_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** How long ago something was; renders again when the words change. */
export const useAgo = (iso: string): string => useSyncExternalStore(listen, () => printAgo(iso));

/** A time for people: how long ago, and on hover the whole date. */
export function Moment({ iso }: { readonly iso: string }) {
  const ago = useAgo(iso);
  return (
    <time dateTime={iso} title={printWholeMoment(iso)}>
      {ago}
    </time>
  );
}
