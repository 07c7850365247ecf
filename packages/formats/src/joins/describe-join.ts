/** A join -> words: how much of either side was matched, and what was left over. */
import { dataError, type Problem } from '@radiograph/graph';
import { some } from '../folders/walk-folder.ts';
import type { Join } from './join-names.ts';

/** The two sides of a join, for people. */
export type JoinSides = {
  /** Names the file or folder whose keys are joined. */
  readonly path: string;
  /** What a key is: "row", "mask of heart", "entry". */
  readonly what: string;
  readonly ids: readonly string[];
  readonly keys: readonly string[];
  /** Where key `k` stands: " (line 7)"; default nowhere. */
  readonly place?: (k: number) => string;
};

/**
 * One sentence for each side that has something left over, one that all fits otherwise.
 *
 * @throws a data error if nothing of what is there on both sides fits.
 */
export function describeJoin(join: Join, sides: JoinSides): string[] {
  const { path, what, ids, keys } = sides;
  const matched = ids.length - join.leftImages.length;
  if (matched === 0 && ids.length > 0)
    throw dataError(
      path,
      `expected a ${what} for each of ${ids.length} images (${some(ids)}), got none that names any of them: ${nameKeys(join.leftKeys, sides) || 'it is empty'}. Compared are path, file name with and without extension, and SOP Instance UID`,
    );
  const name = path.slice(path.lastIndexOf('/') + 1);
  return [
    `${name}: ${matched} of ${ids.length} images have a ${what}${leftImages(join, ids)}`,
    ...(join.leftKeys.length === 0
      ? []
      : [
          `${name}: ${join.leftKeys.length} of ${keys.length} ${plural(what)} name no image of this set: ${nameKeys(join.leftKeys, sides)}`,
        ]),
    ...(join.ambiguous.length === 0
      ? []
      : [
          `${name}: ${join.ambiguous.length} of these name several images: ${nameKeys(join.ambiguous, sides)}`,
        ]),
  ];
}

function leftImages({ leftImages }: Join, ids: readonly string[]): string {
  if (leftImages.length === 0) return '';
  return `; ${leftImages.length} have none: ${some(leftImages.map((i) => ids[i]!))}`;
}

function nameKeys(left: readonly number[], { keys, place = () => '' }: JoinSides): string {
  return some(left.map((k) => `${keys[k]}${place(k)}`));
}

/** "row" -> "rows", "mask of heart" -> "masks of heart". */
const plural = (what: string) =>
  what.replace(/^\w+/, (word) => (word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`));

/** A problem for each key that names an image that an earlier key names: neither can win. */
export function findDoubles(
  join: Join,
  { path, ids, keys, place = () => '' }: JoinSides,
): Problem[] {
  const first = new Map<number, number>();
  return [...join.imageOf].flatMap((image, k): Problem[] => {
    const earlier = first.get(image);
    if (image >= 0 && earlier === undefined) first.set(image, k);
    if (image < 0 || earlier === undefined) return [];
    return [
      {
        path,
        message: `expected each image once, got ${keys[k]}${place(k)} for image ${ids[image]}, as ${keys[earlier]}${place(earlier)}`,
      },
    ];
  });
}
