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
