/** Which run the Runs and Viewer screens are about; both show the same. */

import type { RunDetails } from '@radiograph/api';
import { parseDocument } from '@radiograph/graph';
import { useMemo } from 'react';
import { createStore, useStore } from 'zustand';
import { useRuns } from '../runs/runs-store.ts';
import { server } from '../server/client.ts';
import { createReader, type Loaded } from '../server/create-reader.ts';
import type { ResultSet } from './result-set.ts';

const chosenStore = createStore<{ readonly runId: string | null }>(() => ({ runId: null }));

/** Shows another run. */
export const chooseRun = (runId: string): void => chosenStore.setState({ runId });

/** The run that was chosen, else the one of the canvas, else the newest. */
export function useChosenRun(): string | null {
  const chosen = useStore(chosenStore, ({ runId }) => runId);
  const shown = useRuns(({ shownId }) => shownId);
  const newest = useRuns(({ history }) => history[0]?.runId ?? null);
  return chosen ?? shown ?? newest;
}

const useDetails = createReader((key: string) =>
  server.runs.read({ params: { id: key.split(' ')[0]! } }),
);

/** One run in full; read again when one of its steps has ended. */
export function useRunDetails(runId: string | null): Loaded<RunDetails> {
  const status = useRuns(({ history }) => history.find((run) => run.runId === runId)?.status);
  const ended = useRuns(({ runs }) =>
    runId === null
      ? 0
      : [...(runs.get(runId)?.steps.values() ?? [])].filter((step) => step.status !== 'running')
          .length,
  );
  return useDetails(runId === null ? null : `${runId} ${status} ${ended}`);
}

/** A run's outputs with the graph that made them. */
export function useRunResults(details: RunDetails | undefined): ResultSet | undefined {
  return useMemo(() => {
    if (details === undefined || details.graphText === '') return undefined;
    return {
      document: parseDocument(details.graphText),
      outputs: new Map(Object.entries(details.steps).map(([id, { outputs }]) => [id, outputs])),
    };
  }, [details]);
}
