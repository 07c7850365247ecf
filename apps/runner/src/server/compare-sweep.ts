/** The arms of a sweep compared, for the editor. */

import { concludeArms } from '@radiograph/statistics';
import {
  compareExperiment,
  listMembers,
  nameArms,
  openExperiment,
  type SweepDetails,
} from '@radiograph/sweep';
import { z } from 'zod';
import { IntervalReply } from './run-scores.ts';
import type { Services } from './services.ts';

export const ArmsReply = z.strictObject({
  /** The node and port whose scores are compared. */
  measure: z.string(),
  /** Whether the best arm is shown to be the best, and where the best value of an axis lies, in sentences. */
  summary: z.array(z.string()),
  images: z.int(),
  arms: z.array(z.strictObject({ name: z.string(), mean: IntervalReply.nullable() })),
  /** `difference` is b - a on the images and seeds of both; `p` is corrected over all pairs (Holm). */
  pairs: z.array(
    z.strictObject({
      a: z.string(),
      b: z.string(),
      difference: IntervalReply.nullable(),
      p: z.number().nullable(),
    }),
  ),
});

type ArmsReply = z.infer<typeof ArmsReply>;

/** Comparisons by sweep; made again when more cells are done. */
export function keepCompared({ home, packages }: Services) {
  const kept = new Map<string, { done: number; reply: Promise<ArmsReply> }>();
  return ({ sweepId, cells }: SweepDetails) => {
    const done = cells.filter(({ status }) => status === 'done').length;
    const known = kept.get(sweepId);
    if (known?.done === done) return known.reply;
    const reply = compareCells({ home, packages }, cells);
    kept.set(sweepId, { done, reply });
    reply.catch(() => kept.delete(sweepId));
    return reply;
  };
}

async function compareCells(
  place: Pick<Services, 'home' | 'packages'>,
  cells: SweepDetails['cells'],
): Promise<ArmsReply> {
  const members = await listMembers(place.home, { cells });
  const experiment = await openExperiment(members, place);
  const { arms } = compareExperiment(experiment);
  const names = nameArms(cells);
  const values = new Map(cells.map((cell) => [names.get(cell.arm)!, cell.values]));
  return {
    measure: experiment.measure,
    summary: concludeArms(arms, values),
    images: arms.images.length,
    arms: arms.arms.map(({ name, mean }) => ({ name, mean })),
    pairs: arms.pairs.map(({ a, b, mean: { difference, adjustedP } }) => ({
      a,
      b,
      difference,
      p: adjustedP,
    })),
  };
}
