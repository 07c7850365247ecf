import { readSweepDetails, type SweepDetails, summarizeSweeps } from '@radiograph/sweep';
import { z } from 'zod';
import { ArmsReply, keepCompared } from '../compare-sweep.ts';
import { describeCells, describeSweep, SweepCell, SweepHead } from '../describe-sweep.ts';
import { defineRoute, type Route } from '../route.ts';
import { createScoreReader } from '../run-scores.ts';
import type { Services } from '../services.ts';

const ById = z.strictObject({ id: z.string().min(1) });

/** The sweeps of the workspace: their cells, and their arms compared. */
export function sweepRoutes(services: Services): readonly Route[] {
  const { home } = services;
  const readScores = createScoreReader(services);
  const read = keepEnded((id) => readSweepDetails(home, id));
  const compare = keepCompared(services);
  return [
    defineRoute({
      method: 'get',
      path: '/api/sweeps',
      summary: 'All sweeps, newest first: their axes, how far they have come, their best arm.',
      reply: z.strictObject({ sweeps: z.array(SweepHead) }),
      handle: async () => {
        const all = await summarizeSweeps(home);
        const heads = all.map(async ({ sweepId, status }) => {
          const details = await read(sweepId, status !== 'running');
          return describeSweep(details, await describeCells(details, readScores));
        });
        return { sweeps: await Promise.all(heads) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/sweeps/:id',
      summary: 'The cells of a sweep: where they lie on the axes, their runs, what they scored.',
      params: ById,
      reply: z.strictObject({ sweep: SweepHead, cells: z.array(SweepCell) }),
      handle: async ({ params }) => {
        const details = await read(params.id, false);
        const cells = await describeCells(details, readScores);
        return { sweep: describeSweep(details, cells), cells };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/sweeps/:id/comparison',
      summary:
        'The finished cells of a sweep as arms: means, paired differences, and what they show in words.',
      params: ById,
      reply: ArmsReply,
      handle: async ({ params }) => compare(await read(params.id, false)),
    }),
  ];
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
