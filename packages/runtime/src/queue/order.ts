/** Where a run is put among those that wait. */
import type { Standing } from './entry.ts';

type Order = Pick<Standing, 'priority' | 'place'>;

/**
 * The order that puts an entry at `place` among `others`, which are in their order; beyond the last is last.
 *
 * Its priority stays where it can, else it takes the nearest of its neighbors'. Places are halved between neighbors: after about fifty
 * moves into one gap they are equal, and the older entry goes first.
 */
export function chooseOrder(
  { priority: own }: Order,
  others: readonly Order[],
  place: number,
): Order {
  const before = others.slice(0, place).at(-1);
  const after = others[place];
  const priority = Math.max(
    after?.priority ?? Number.NEGATIVE_INFINITY,
    Math.min(before?.priority ?? Number.POSITIVE_INFINITY, own),
  );
  const low = before?.priority === priority ? before.place : undefined;
  const high = after?.priority === priority ? after.place : undefined;
  if (low === undefined) return { priority, place: (high ?? 1) - 1 };
  return { priority, place: high === undefined ? low + 1 : (low + high) / 2 };
}
