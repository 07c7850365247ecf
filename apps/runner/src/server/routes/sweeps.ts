import type { api } from '@radiograph/api';
import { readSweepDetails, type SweepDetails, summarizeSweeps } from '@radiograph/sweep';
import { keepCompared } from '../compare-sweep.ts';
import { describeCells, describeSweep } from '../describe-sweep.ts';
import { createScoreReader } from '../run-scores.ts';
import type { Handlers } from '../serve-route.ts';
import type { Services } from '../services.ts';

/** The sweeps of the workspace: their cells, and their arms compared. */
export function sweepHandlers(services: Services): Handlers<typeof api.sweeps> {
  const { home } = services;
  const readScores = createScoreReader(services);
  const read = keepEnded((id) => readSweepDetails(home, id));
  const compare = keepCompared(services);
  return {
    list: async () => {
      const all = await summarizeSweeps(home);
      const heads = all.map(async ({ sweepId, status }) => {
        const details = await read(sweepId, status !== 'running');
        return describeSweep(details, await describeCells(details, readScores));
      });
      return { sweeps: await Promise.all(heads) };
    },
    read: async ({ params }) => {
      const details = await read(params.id, false);
      const cells = await describeCells(details, readScores);
      return { sweep: describeSweep(details, cells), cells };
    },
    compare: async ({ params }) => compare(await read(params.id, false)),
  };
}

/** A sweep that has ended is read once. */
function keepEnded(read: (id: string) => Promise<SweepDetails>) {
  const kept = new Map<string, SweepDetails>();
  return async (id: string, hasEnded: boolean): Promise<SweepDetails> => {
    const known = kept.get(id);
    if (known !== undefined && (hasEnded || known.status === 'done')) return known;
    const details = await read(id);
    if (details.status !== 'running') kept.set(id, details);
    return details;
  };
}
