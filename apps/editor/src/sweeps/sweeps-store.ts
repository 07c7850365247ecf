/** The list of sweeps. Sweeps are run from the command line, in processes that the server does not follow, so the list is asked for again. */

import type { SweepHead } from '@radiograph/api';
import { useEffect } from 'react';
import { createStore, useStore } from 'zustand';
import { refreshHistory } from '../runs/runs-store.ts';
import { server } from '../server/client.ts';

type SweepsState = {
  /** Newest first; undefined until they have been read. */
  readonly sweeps: readonly SweepHead[] | undefined;
  readonly problem: string | null;
  readonly chosenId: string | null;
};

const sweepsStore = createStore<SweepsState>(() => ({
  sweeps: undefined,
  problem: null,
  chosenId: null,
}));

/** Shows another sweep. */
export const chooseSweep = (sweepId: string): void => sweepsStore.setState({ chosenId: sweepId });

/** Asks for the list now. */
export const refreshSweeps = (): Promise<void> => readAgain();

async function readAgain(): Promise<void> {
  try {
    const { sweeps } = await server.sweeps.list();
    const before = countDone(sweepsStore.getState().sweeps ?? []);
    sweepsStore.setState({ sweeps, problem: null });
    if (countDone(sweeps) !== before) await refreshHistory(); // each done cell is a run
  } catch (error) {
    sweepsStore.setState({ problem: error instanceof Error ? error.message : String(error) });
  }
}

const countDone = (sweeps: readonly SweepHead[]): number =>
  sweeps.reduce((sum, { done }) => sum + done, 0);

const pauseMs = { running: 2000, still: 5000 };

/** The sweeps, kept up to date while they are shown. */
export function useSweeps(): SweepsState {
  const state = useStore(sweepsStore);
  const isRunning = state.sweeps?.some(({ status }) => status === 'running') ?? false;
  useEffect(() => {
    void readAgain();
    const timer = setInterval(readAgain, isRunning ? pauseMs.running : pauseMs.still);
    return () => clearInterval(timer);
  }, [isRunning]);
  return state;
}
