/** How the learning rate falls over a training. */
import { z } from 'zod';

/** Constant, (1 - t)^power, or half a cosine; t is the share of all steps that are done. */
export const Schedule = z.enum(['constant', 'poly', 'cosine']);
export type Schedule = z.infer<typeof Schedule>;

const polyPower = 0.9; // DeepLab's and IRNet's

/** The factor of the learning rate at step `step` (from 0) of `total`: 1 at first, towards 0 at the end unless constant. */
export function scheduleFactor(schedule: Schedule, step: number, total: number): number {
  const done = step / total;
  switch (schedule) {
    case 'constant':
      return 1;
    case 'poly':
      return (1 - done) ** polyPower;
    case 'cosine':
      return (1 + Math.cos(Math.PI * done)) / 2;
  }
}

/** Parameter of trainings that validate. */
export const validateStepsParam = z
  .int()
  .min(0)
  .default(0)
  .describe('validates after every so many steps within an epoch, too; 0 = at its end only');

/** Whether a validation is due after `done` steps, other than at the end of an epoch, where it is due anyway. */
export function isWithinEpoch(every: number, done: number, stepsPerEpoch: number): boolean {
  return every > 0 && done % every === 0 && done % stepsPerEpoch !== 0;
}
