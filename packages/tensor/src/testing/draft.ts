/** A random program in the making: tensors that exist so far, and ways to come by one that fits. */

import { createRandom, type Random } from '@radiograph/statistics';
import { createRecorder, type Recorder, recordInto, type Sym } from '../ir/program.ts';
import { abs, add, clip, constant, greater } from '../ops/elementwise.ts';
import { reshape } from '../ops/layout.ts';
import { equalShapes, type Shape, sizeOf } from '../shape.ts';

export type Draft = {
  readonly random: Random;
  readonly recorder: Recorder;
  /** Float tensors, oldest first. */
  readonly pool: Sym[];
  /** Bool tensors. */
  readonly conditions: Sym[];
  /** Shapes of the program's inputs by name. */
  readonly inputs: Map<string, Shape>;
};

/** An empty draft of a seed. */
export function createDraft(seed: number): Draft {
  return {
    random: createRandom(seed, 'random program'),
    recorder: createRecorder(),
    pool: [],
    conditions: [],
    inputs: new Map(),
  };
}

const sides = [1, 1, 2, 3, 4, 5, 7] as const;
const largestSize = 600;

export function drawWhole({ random }: Draft, low: number, high: number): number {
  return low + random.integer(high - low + 1);
}

export function drawChance({ random }: Draft, probability: number): boolean {
  return random.next() < probability;
}

/** Numbers of a seed from -1 to 1; differently from an input, passes see them. */
export function drawConstant(draft: Draft, shape: Shape, scale = 1): Sym {
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    () => scale * (2 * draft.random.next() - 1),
  );
  return recordInto(draft.recorder, () => constant(data, shape));
}

/** A new input or, less often, a constant. */
export function drawLeaf(draft: Draft, shape: Shape): Sym {
  if (drawChance(draft, 0.4)) return drawConstant(draft, shape);
  const name = `x${draft.inputs.size}`;
  draft.inputs.set(name, shape);
  return draft.recorder.record('input', { name, shape }, []);
}

export function drawShape(draft: Draft, rank: number): Shape {
  return Array.from({ length: rank }, () => draft.random.choice(sides));
}

/** A tensor of 0 to 4 dimensions, mostly one of the last that were made. */
export function drawTensor(draft: Draft): Sym {
  const { pool, random } = draft;
  if (pool.length === 0 || drawChance(draft, 0.1))
    return drawLeaf(draft, drawShape(draft, random.integer(5)));
  return drawChance(draft, 0.6)
    ? pool.at(-1 - random.integer(Math.min(2, pool.length)))!
    : random.choice(pool);
}

/** A tensor of at least so many dimensions. */
export function drawOfRank(draft: Draft, least: number): Sym {
  const x = drawTensor(draft);
  if (x.shape.length >= least) return x;
  return reshape(x, [...x.shape, ...new Array<number>(least - x.shape.length).fill(1)]);
}

/** A tensor of a shape: one that was made, a relabeled one, or a leaf. */
export function drawOfShape(draft: Draft, shape: Shape): Sym {
  const same = draft.pool.filter((x) => equalShapes(x.shape, shape));
  if (same.length > 0 && drawChance(draft, 0.8)) return draft.random.choice(same);
  const relabeled = draft.pool.find((x) => sizeOf(x.shape) === sizeOf(shape));
  return relabeled !== undefined && drawChance(draft, 0.5)
    ? reshape(relabeled, shape)
    : drawLeaf(draft, shape);
}

/** Something of at most this shape that broadcasts to it: sides dropped from the left or made 1. */
export function drawNarrower(draft: Draft, shape: Shape): Sym {
  const kept = shape.slice(drawChance(draft, 0.3) ? draft.random.integer(shape.length + 1) : 0);
  return drawOfShape(
    draft,
    kept.map((side) => (drawChance(draft, 0.25) ? 1 : side)),
  );
}

/** An image `[N, C, H, W]`. */
export function drawImage(draft: Draft): Sym {
  const images = draft.pool.filter(({ shape }) => shape.length === 4);
  if (images.length > 0 && drawChance(draft, 0.7)) return draft.random.choice(images.slice(-3));
  const [batch, channels] = [drawWhole(draft, 1, 2), drawWhole(draft, 1, 4)];
  return drawLeaf(draft, [batch, channels, drawWhole(draft, 1, 6), drawWhole(draft, 1, 6)]);
}

/**
 * The same tensor moved by fixed random distances. What jumps (comparisons, maxima, the kinks of relu and clip) looks at such
 * tensors only: an equality that holds up to rounding would fall either way.
 */
export function spread(draft: Draft, x: Sym): Sym {
  return add(x, drawConstant(draft, x.shape));
}

/** Within -3..3, so that products of products stay of a size. */
export function bounded(draft: Draft, x: Sym): Sym {
  return clip(spread(draft, x), -3, 3);
}

/** 0.5 or more. */
export function positive(draft: Draft, x: Sym): Sym {
  return add(abs(spread(draft, x)), 0.5);
}

/** A condition that broadcasts with a shape. */
export function drawCondition(draft: Draft, shape: Shape): Sym {
  const same = draft.conditions.filter((c) => equalShapes(c.shape, shape));
  if (same.length > 0 && drawChance(draft, 0.7)) return draft.random.choice(same);
  return greater(spread(draft, drawNarrower(draft, shape)), 0.1);
}

/** Whether a tensor is small enough to go on with. */
export function isSmall(shape: Shape): boolean {
  return sizeOf(shape) <= largestSize;
}
