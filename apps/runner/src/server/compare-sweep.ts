/** The arms of a sweep compared, for the editor. */
import type { ArmsComparison } from '@radiograph/api';
import { concludeArms, describeSample, explainComparison, judgePair } from '@radiograph/statistics';
import {
  compareExperiment,
  listMembers,
  nameArms,
  openExperiment,
  type SweepDetails,
} from '@radiograph/sweep';
import type { Services } from './services.ts';

/** Comparisons by sweep; made again when more cells are done. */
export function keepCompared({ home, packages }: Services) {
  const kept = new Map<string, { done: number; reply: Promise<ArmsComparison> }>();
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
): Promise<ArmsComparison> {
  const members = await listMembers(place.home, { cells });
  const experiment = await openExperiment(members, place);
  const { arms } = compareExperiment(experiment);
  const names = nameArms(cells);
  const values = new Map(cells.map((cell) => [names.get(cell.arm)!, cell.values]));
  return {
    measure: experiment.measure,
    summary: concludeArms(arms, values),
    images: arms.images.length,
    sample: describeSample({ images: arms.images.length, seeds: arms.seeds.length }),
    note: explainComparison(arms),
    arms: arms.arms.map(({ name, mean }) => ({ name, mean })),
    pairs: arms.pairs.map(({ a, b, mean }) => ({
      a,
      b,
      difference: mean.difference,
      p: mean.adjustedP,
      verdict: judgePair({ a, b }, mean, arms.seeds.length),
    })),
  };
}
