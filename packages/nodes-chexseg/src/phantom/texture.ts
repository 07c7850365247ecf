/** Smooth random fields. */
import type { Random } from '@radiograph/statistics';

/** A function over the plane with values around 0, about -1 to 1. */
export type Texture = (x: number, y: number) => number;

const lattice = 24;

/** Value noise: random numbers on a grid of `frequency` cells per image, joined smoothly; `octaves` finer and weaker copies. */
export function createTexture(random: Random, frequency: number, octaves = 3): Texture {
  const layers = Array.from({ length: octaves }, () =>
    Float32Array.from({ length: lattice * lattice }, () => 2 * random.next() - 1),
  );
  return (x, y) => {
    let sum = 0;
    let weight = 1;
    let scale = frequency;
    let total = 0;
    for (const layer of layers) {
      sum += weight * sampleLattice(layer, x * scale, y * scale);
      total += weight;
      weight *= 0.55;
      scale *= 2.03;
    }
    return (1.6 * sum) / total;
  };
}

function sampleLattice(values: Float32Array, x: number, y: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const u = ease(x - column);
  const v = ease(y - row);
  const [left, right] = [wrap(column), wrap(column + 1)];
  const [upper, lower] = [wrap(row) * lattice, wrap(row + 1) * lattice];
  const top = values[upper + left]! * (1 - u) + values[upper + right]! * u;
  const bottom = values[lower + left]! * (1 - u) + values[lower + right]! * u;
  return top + (bottom - top) * v;
}

const ease = (t: number): number => t * t * (3 - 2 * t);
const wrap = (i: number): number => ((i % lattice) + lattice) % lattice;
