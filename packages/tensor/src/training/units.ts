/**
 * What the optimizer updates at once: vectors in which parameters lie end to end.
 *
 * A large parameter is a vector of its own. Small ones share one, because twelve operations for each of DenseNet-121's 242 scales and
 * shifts cost more than their arithmetic, at every step and in the time to the first. Vectors, because ONNX Runtime goes element by element where
 * a scalar meets trailing sides of 1 (`[512, 512, 1, 1]`: 2.5 ms against 0.03). No number depends on it: an optimizer treats every element alike.
 */
import type { Recorder, Sym } from '../ir/program.ts';
import type { Declaration } from '../model/scope.ts';
import { concat, reshape, slice } from '../ops/layout.ts';
import { sizeOf } from '../shape.ts';

/** Parameters with one learning rate, end to end. */
export type Unit = {
  /** That of its only parameter, or `shared/<number>`, which no parameter is called. */
  readonly name: string;
  readonly members: readonly Declaration[];
  readonly length: number;
  /** Multiplies the learning rate. */
  readonly scale: number;
};

/** Where a parameter lies in its unit. */
export type Place = { readonly unit: string; readonly start: number; readonly end: number };

/** Larger parameters gain nothing from company, and copying them there costs. */
const smallLength = 20_000;

/** Groups the trained parameters; the same declarations give the same units. */
export function groupUnits(
  trained: readonly Declaration[],
  scaleOf: (name: string) => number = () => 1,
): Unit[] {
  const large: Unit[] = [];
  const small = new Map<number, Declaration[]>();
  for (const declaration of trained) {
    const [length, scale] = [sizeOf(declaration.shape), scaleOf(declaration.name)];
    if (length > smallLength)
      large.push({ name: declaration.name, members: [declaration], length, scale });
    else small.set(scale, [...(small.get(scale) ?? []), declaration]);
  }
  const shared = [...small].map(([scale, members], i) => {
    const length = members.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return { name: `shared/${i}`, members, length, scale };
  });
  return [...large, ...shared];
}

/** The place of every parameter by its name. */
export function placeMembers(units: readonly Unit[]): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const { name: unit, members } of units) {
    let start = 0;
    for (const { name, shape } of members) {
      const end = start + sizeOf(shape);
      places.set(name, { unit, start, end });
      start = end;
    }
  }
  return places;
}

/** A parameter cut from the vector of its unit. */
export function takeMember(vector: Sym, { start, end }: Place, { shape }: Declaration): Sym {
  const isWhole = end - start === sizeOf(vector.shape);
  return reshape(isWhole ? vector : slice(vector, { axis: 0, start, end }), shape);
}

/** Values of a unit's members as its vector. */
export function joinMembers({ members }: Unit, partOf: (name: string) => Sym): Sym {
  const parts = members.map(({ name, shape }) => reshape(partOf(name), [sizeOf(shape)]));
  return parts.length === 1 ? parts[0]! : concat(parts, 0);
}

/** Records a vector that is fed for a unit. */
export function inputVector(recorder: Recorder, name: string, { length }: Unit): Sym {
  return recorder.record('input', { name, shape: [length] }, []);
}
