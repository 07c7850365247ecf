/** The numbers of steps that were reused: told by the record of the run that computed them. */
import { listRuns, type RunEvent, readRun, readRunEvents } from '@radiograph/runtime';

export type Progress = Extract<RunEvent, { type: 'step-progress' }>;

/** Reads the progress of the step with a key, wherever it ran; none where no record of it is left. */
export type Replay = (key: string) => Promise<readonly Progress[]>;

/** Looks through the records of a home once, newest first, when it is first asked. */
export function createReplay(home: string): Replay {
  let places: Promise<ReadonlyMap<string, Place>> | undefined;
  return async (key) => {
    places ??= findPlaces(home);
    const place = (await places).get(key);
    if (place === undefined) return [];
    const events = await readRunEvents(home, place.runId);
    return events.filter(
      (event) => event.type === 'step-progress' && event.nodeId === place.nodeId,
    ) as Progress[];
  };
}

type Place = { readonly runId: string; readonly nodeId: string };

async function findPlaces(home: string): Promise<ReadonlyMap<string, Place>> {
  const places = new Map<string, Place>();
  for (const runId of (await listRuns(home)).toReversed()) {
    const result = await readRun(home, runId).catch(() => undefined); // it runs, or was broken off
    for (const [nodeId, { key, status }] of Object.entries(result?.steps ?? {}))
      if (status === 'ran' && key !== undefined && !places.has(key))
        places.set(key, { runId, nodeId });
  }
  return places;
}
