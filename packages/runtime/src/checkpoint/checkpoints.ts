/** Checkpoints of steps: `.radiograph/checkpoints/<key>.state`, replaced whole, removed when the step has finished. */
import { existsSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CancelSignal, Checkpoint } from '@radiograph/graph';
import { isErrno, writeDurably } from '../store/files.ts';
import { decodeState, encodeState } from './state-file.ts';

/** How often a state is saved: every so many offers, or seconds. */
export type CheckpointPace =
  | { readonly unit: 'offers'; readonly every: number }
  | { readonly unit: 'seconds'; readonly every: number };

/** Half a minute of work is what a crash may cost. */
export const defaultPace: CheckpointPace = { unit: 'seconds', every: 30 };

type CheckpointOptions = {
  readonly home: string;
  readonly key: string;
  readonly pace: CheckpointPace;
  readonly signal: CancelSignal;
  readonly log: (message: string) => void;
  readonly now?: () => number;
};

/** A step's checkpoint with its removal. */
export type OpenCheckpoint = Checkpoint & { readonly remove: () => Promise<void> };

// Saving may take at most this part of the time, however large the state and slow the disk.
const largestShare = 0.1;

/** Opens the checkpoint of a step. Cancel saves once more, so that nothing is lost by it. */
export function openCheckpoint(options: CheckpointOptions): OpenCheckpoint {
  const { pace, signal, log, now = () => performance.now() } = options;
  const path = checkpointPath(options);
  let offers = 0;
  let nextMs = now() + (pace.unit === 'seconds' ? pace.every * 1000 : 0);
  const isDue = () => {
    offers++;
    if (signal.aborted) return true;
    return pace.unit === 'offers' ? offers % pace.every === 0 : now() >= nextMs;
  };
  return {
    async load() {
      const bytes = await readFile(path).catch((error: unknown) => {
        if (isErrno(error, 'ENOENT')) return undefined;
        throw error;
      });
      if (bytes === undefined) return undefined;
      const state = decodeState(bytes);
      log(
        state === undefined ? `${path}: damaged, starting anew` : 'continues from its checkpoint',
      );
      return state;
    },
    async offer(capture) {
      if (!isDue()) return;
      const startedMs = now();
      await writeDurably(path, encodeState(capture()));
      const costMs = now() - startedMs;
      if (pace.unit === 'seconds')
        nextMs = now() + Math.max(pace.every * 1000, costMs / largestShare);
    },
    async remove() {
      if (existsSync(path)) rmSync(path, { force: true });
    },
  };
}

function checkpointPath({ home, key }: Pick<CheckpointOptions, 'home' | 'key'>): string {
  return join(home, 'checkpoints', `${key}.state`);
}
