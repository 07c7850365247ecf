/** The bootstrap's draws: images, and seeds where there are several, with replacement. */
import type { Random } from '../random/philox.ts';

/** IoU of the images of one seed: `values[(image * arms + arm) * classes + class]`, NaN where it is not defined. */
export type Block = {
  readonly seed: number;
  readonly ids: readonly string[];
  readonly values: Float64Array;
};

/** What was measured on the same images: numbers of arms and classes, and a block per seed. */
export type Sample = {
  readonly arms: number;
  readonly classes: number;
  readonly blocks: readonly Block[];
};

/** Means `[arm * classes + class]` of one draw; NaN where no image defines one. */
export type Means = Float64Array;

/** The means of the sample itself: every image once. */
export function measureWhole(sample: Sample): Means {
  return averageBlocks(
    sample,
    sample.blocks.map((block) => [block, new Uint32Array(block.ids.length).fill(1)] as const),
  );
}

/**
 * The means of `replicates` draws. A draw takes as many seeds as there are and, within each, as many images as it has, both with
 * replacement; with one seed only images are drawn. All arms and classes see the same draw, so differences between them are paired.
 */
export function measureDraws(sample: Sample, random: Random, replicates: number): Means[] {
  const { blocks } = sample;
  if (blocks.length === 0) return [];
  return Array.from({ length: replicates }, () => {
    const drawn = blocks.map((only) => {
      const block = blocks.length === 1 ? only : blocks[random.integer(blocks.length)]!;
      return [block, drawCounts(block.ids.length, random)] as const;
    });
    return averageBlocks(sample, drawn);
  });
}

/** How often each of `n` images comes when `n` are drawn. */
function drawCounts(n: number, random: Random): Uint32Array {
  const counts = new Uint32Array(n);
  for (let i = 0; i < n; i++) counts[random.integer(n)]!++;
  return counts;
}

type Drawn = readonly (readonly [Block, Uint32Array])[];

/** Class means over the images of each seed, then over the seeds that define them. */
function averageBlocks({ arms, classes }: Sample, drawn: Drawn): Means {
  const width = arms * classes;
  const [sums, seen] = [new Float64Array(width), new Float64Array(width)];
  for (const [{ values }, counts] of drawn) {
    const means = averageImages(values, counts, width);
    for (let k = 0; k < width; k++) {
      if (Number.isNaN(means[k])) continue;
      sums[k]! += means[k]!;
      seen[k]!++;
    }
  }
  return sums.map((sum, k) => sum / seen[k]!); // 0 / 0 is NaN
}

function averageImages(values: Float64Array, counts: Uint32Array, width: number): Means {
  const [sums, seen] = [new Float64Array(width), new Float64Array(width)];
  for (let image = 0; image < counts.length; image++) {
    const count = counts[image]!;
    if (count === 0) continue;
    const row = image * width;
    for (let k = 0; k < width; k++) {
      const value = values[row + k]!;
      if (Number.isNaN(value)) continue;
      sums[k]! += count * value;
      seen[k]! += count;
    }
  }
  return sums.map((sum, k) => sum / seen[k]!);
}

/** What `measureWhole` and `measureDraws` gave, as a number of one arm's class; null for NaN. */
export const defined = (value: number): number | null => (Number.isNaN(value) ? null : value);
