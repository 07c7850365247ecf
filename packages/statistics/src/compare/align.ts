/** Pairing: classes are joined by name, images by id, results by seed. What not all arms have is left out, and said. */
import type { Block, Sample } from '../bootstrap/draw.ts';
import type { Arm, ImageScores, LeftOut } from './arm.ts';

/** What all arms have. */
export type Aligned = Sample & {
  readonly classNames: readonly string[];
  readonly leftOut: LeftOut;
};

/** Finds the classes, seeds and images that all arms have, in the order of the first arm. */
export function alignArms(arms: readonly Arm[]): Aligned {
  const all = arms.flatMap(({ seeds }) => seeds.map(({ scores }) => scores));
  const classNames = (all[0]?.classes ?? []).filter((name) =>
    all.every(({ classes }) => classes.includes(name)),
  );
  const rows = (arms[0]?.seeds ?? []).flatMap(({ seed }) => {
    const scores = arms.flatMap((arm) => arm.seeds.find((one) => one.seed === seed)?.scores ?? []);
    return scores.length === arms.length ? [{ seed, scores }] : [];
  });
  const aligned = rows.map(({ seed, scores }) => alignSeed(seed, scores, classNames));
  const blocks = aligned.filter(({ ids }) => ids.length > 0);
  const seeds = new Set(blocks.map(({ seed }) => seed));
  const allSeeds = arms.flatMap((arm) => arm.seeds.map(({ seed }) => seed));
  return {
    arms: arms.length,
    classes: classNames.length,
    classNames,
    blocks,
    leftOut: {
      classes: [...new Set(all.flatMap(({ classes }) => classes))].filter(
        (name) => !classNames.includes(name),
      ),
      seeds: [...new Set(allSeeds)].filter((seed) => !seeds.has(seed)),
      images: rows.reduce(
        (sum, row, i) => sum + countUnion(row.scores) - aligned[i]!.ids.length,
        0,
      ),
    },
  };
}

const countUnion = (scores: readonly ImageScores[]): number =>
  new Set(scores.flatMap(({ ids }) => ids)).size;

function alignSeed(
  seed: number,
  scores: readonly ImageScores[],
  classNames: readonly string[],
): Block {
  const places = scores.map(({ ids }) => new Map(ids.map((id, i) => [id, i])));
  const ids = scores[0]!.ids.filter((id) => places.every((place) => place.has(id)));
  const columns = scores.map(({ classes }) => classNames.map((name) => classes.indexOf(name)));
  const values = new Float64Array(ids.length * scores.length * classNames.length);
  let at = 0;
  for (const id of ids)
    for (const [arm, { perImage }] of scores.entries()) {
      const row = perImage.iou[places[arm]!.get(id)!]!;
      for (const k of columns[arm]!) values[at++] = row[k] ?? Number.NaN;
    }
  return { seed, ids, values };
}
