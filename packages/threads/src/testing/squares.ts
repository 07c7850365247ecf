/** A thread for tests: squares numbers, and refuses some. */
import { setTimeout as sleep } from 'node:timers/promises';
import { dataError } from '@radiograph/graph';
import { serveTasks } from '../serve-tasks.ts';

export type Square = { readonly value: number; readonly into?: SharedArrayBuffer };

serveTasks(import.meta.url, async ({ value, into }: Square): Promise<number> => {
  if (value < 0) throw dataError('value', `expected at least 0, got ${value}`);
  if (value === 13) throw new Error('internal: unlucky');
  if (value === 99) process.exit(3);
  if (value === 1000) await sleep(60_000);
  if (into !== undefined) new Float64Array(into)[0] = value * value;
  return value * value;
});
