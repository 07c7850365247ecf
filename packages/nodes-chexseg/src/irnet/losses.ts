/** IRNet's losses on a boundary map and a displacement field, for any weights of the pairs (Ahn et al., CVPR 2019; method.md b.5). */
import {
  abs,
  add,
  concat,
  constant,
  div,
  log,
  maximum,
  mul,
  neg,
  reshape,
  type Sym,
  sigmoid,
  slice,
  sub,
  sum,
} from '@radiograph/tensor';
import { listSearchPaths, type Offset, sourceWindow } from './path-index.ts';

/** What the two heads of IRNet say: boundary logits `[B, 1, H, W]` and displacements (rows, columns) `[B, 2, H, W]`. */
export type IrnetOutputs = { readonly edge: Sym; readonly displacement: Sym };

/** Weights of all pairs, `[B, D, H', W']` each; see `weighPairs`. */
export type PairWeightSyms = {
  readonly alike: Sym;
  readonly apart: Sym;
  readonly foregroundShift: Sym;
  readonly backgroundShift: Sym;
};

/** The four terms, scalars. */
export type IrnetTerms = { readonly [T in keyof PairWeightSyms]: Sym };

const logOffset = 1e-5; // as in net/resnet50_irn.py

/**
 * The weighted sums of all pairs within `radius`.
 *
 * The affinity of a pair is a = 1 - the strongest boundary on the path, both ends included. `alike` sums -ln(a + 1e-5), `apart`
 * -ln(1 + 1e-5 - a); the shift terms sum |D - offset| and |D| over both components, D the difference of the two displacements.
 */
export function irnetTerms(
  { edge, displacement }: IrnetOutputs,
  weights: PairWeightSyms,
  radius: number,
): IrnetTerms {
  const strongest = strongestBoundaries(sigmoid(edge), radius);
  const affinity = add(neg(strongest), 1);
  const differences = displacementDifferences(displacement, radius); // [B, D, 2, H', W']
  const [batch, directions, , height, width] = differences.shape;
  const perShift = (weight: Sym) => reshape(weight, [batch!, directions!, 1, height!, width!]);
  const shift = sub(differences, listOffsets(radius));
  return {
    alike: sum(mul(neg(log(add(affinity, logOffset))), weights.alike)),
    apart: sum(mul(neg(log(add(strongest, logOffset))), weights.apart)),
    foregroundShift: sum(mul(abs(shift), perShift(weights.foregroundShift))),
    backgroundShift: sum(mul(abs(differences), perShift(weights.backgroundShift))),
  };
}

/** The loss that IRNet minimizes: (alike + apart) / 2 + (foregroundShift + backgroundShift) / 2. */
export function irnetLoss({ alike, apart, foregroundShift, backgroundShift }: IrnetTerms): Sym {
  return div(add(add(alike, apart), add(foregroundShift, backgroundShift)), 2);
}

/** The strongest boundary on every path: `[B, 1, H, W]` -> `[B, D, H', W']`. */
function strongestBoundaries(boundary: Sym, radius: number): Sym {
  const shifted = createShifts(boundary, radius);
  const known = new Map<string, Sym>();
  // Paths from one source share their beginnings, so their maxima are computed once (a third of the work at radius 10).
  const strongestOf = (points: readonly Offset[]): Sym => {
    const key = points.join(' ');
    const found =
      known.get(key) ??
      (points.length === 1
        ? shifted(points[0]!)
        : maximum(strongestOf(points.slice(0, -1)), shifted(points.at(-1)!)));
    known.set(key, found);
    return found;
  };
  return concat(
    listSearchPaths(radius).map(({ points }) => strongestOf(points.toReversed())),
    1,
  );
}

/** D = displacement of the source - displacement of the destination: `[B, 2, H, W]` -> `[B, D, 2, H', W']`. */
function displacementDifferences(displacement: Sym, radius: number): Sym {
  const shifted = createShifts(displacement, radius);
  const paths = listSearchPaths(radius);
  const source = shifted([0, 0]);
  const [batch, , height, width] = source.shape;
  const destinations = concat(
    paths.map(({ destination }) => shifted(destination)),
    1,
  );
  return sub(
    reshape(source, [batch!, 1, 2, height!, width!]),
    reshape(destinations, [batch!, paths.length, 2, height!, width!]),
  );
}

/** The offsets of all directions, `[1, D, 2, 1, 1]`. */
function listOffsets(radius: number): Sym {
  const offsets = listSearchPaths(radius).flatMap(({ destination }) => destination);
  return constant(Float32Array.from(offsets), [1, offsets.length / 2, 2, 1, 1]);
}

/** The map as the sources see it at an offset, `[B, C, H', W']`; each offset is sliced once. */
function createShifts(map: Sym, radius: number): (offset: Offset) => Sym {
  const { left, height, width } = sourceWindow([map.shape[2]!, map.shape[3]!], radius);
  const known = new Map<string, Sym>();
  return (offset) => {
    const [rows, columns] = offset;
    const key = `${rows} ${columns}`;
    const found =
      known.get(key) ??
      slice(slice(map, { axis: 2, start: rows, end: rows + height }), {
        axis: 3,
        start: left + columns,
        end: left + columns + width,
      });
    known.set(key, found);
    return found;
  };
}
