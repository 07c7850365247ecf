/** Ids without the words that all of them end with: `patient1_study1_frontal` of many frontal first studies is `patient1`. */
export function shortIds(ids: readonly string[]): ReadonlyMap<string, string> {
  const split = ids.map((id) => id.split('_'));
  const [first = []] = split;
  let common = 0;
  const isShared = (count: number) =>
    split.every((words) => words.length > count && words.at(-count) === first.at(-count));
  while (ids.length > 1 && isShared(common + 1)) common++;
  return new Map(ids.map((id, i) => [id, split[i]!.slice(0, split[i]!.length - common).join('_')]));
}
