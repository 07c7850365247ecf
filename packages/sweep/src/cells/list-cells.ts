/** Axes -> cells: each a whole document with one value of every axis and one seed. */
import {
  applyVariants,
  type Cell,
  type GraphDocument,
  listAccepted,
  RadiographError,
  type SweepSettings,
} from '@radiograph/graph';
import { addGrids, chooseAxes, nameOfGrid } from './axes.ts';

/** What a sweep is asked for from outside; what is left out comes from the document's `sweep`. */
export type SweepRequest = {
  /** Axes to sweep; empty = the document's choice. */
  readonly axes?: readonly string[];
  /** `node.param=value,value`: an axis each. */
  readonly grids?: readonly string[];
  readonly combine?: SweepSettings['combine'];
  readonly skip?: readonly Cell[];
  readonly seeds?: number;
};

/** One cell. `arm` is its values without the seed, for example `supervision=weak`; cells of one arm differ by seed alone. */
export type SweepCell = {
  readonly name: string;
  readonly arm: string;
  readonly values: Cell;
  readonly seed: number;
  readonly document: GraphDocument;
};

/**
 * Lists the cells of a document, seeds innermost. Without any axis there is one arm, named by the document.
 *
 * @throws a usage error for unknown axes and values, axes of unequal length in a zip, and when every cell is skipped.
 */
export function listCells(source: GraphDocument, request: SweepRequest = {}): SweepCell[] {
  const { axes: named = [], grids = [] } = request;
  const document = addGrids(source, grids);
  const settings = document.sweep ?? {};
  // A grid from outside is swept whether or not axes are named beside it.
  const axes = chooseAxes(document, named.length > 0 ? [...named, ...grids.map(nameOfGrid)] : []);
  const combine = request.combine ?? settings.combine ?? 'grid';
  if (combine === 'list' && (named.length > 0 || grids.length > 0)) refuseAxes(named, grids);
  const combined = combiners[combine](
    Object.entries(axes).map(([name, values]) => [name, orderValues(Object.keys(values))]),
    settings.cells ?? [],
  );
  const skips = [...(settings.skip ?? []), ...(request.skip ?? [])];
  for (const skip of skips) assertKnown(axes, skip);
  const kept = combined.filter((values) => !skips.some((skip) => includes(values, skip)));
  if (kept.length === 0)
    throw new RadiographError('usage', {
      path: 'sweep',
      message:
        'expected at least one cell, got none: the rules of `skip` or an empty list leave nothing',
    });
  const seeds = request.seeds ?? settings.seeds ?? 1;
  return kept.flatMap((values) => withSeeds(document, values, seeds));
}

/** A list of cells has no axes to choose or to add to. */
function refuseAxes(named: readonly string[], grids: readonly string[]): never {
  const [axis] = named;
  throw new RadiographError('usage', {
    path: axis === undefined ? `--grid ${grids[0]}` : `--axis ${axis}`,
    message:
      'expected none beside a list, whose cells are all that is swept (--combine grid sweeps axes)',
  });
}

/** Numbers ascend: objects give whole numbers before others, whatever was written. Words stay as they are. */
function orderValues(values: readonly string[]): readonly string[] {
  const isNumeric = values.every((value) => value !== '' && Number.isFinite(Number(value)));
  return isNumeric ? values.toSorted((a, b) => Number(a) - Number(b)) : values;
}

type AxisValues = readonly (readonly [string, readonly string[]])[];
type Combine = NonNullable<SweepSettings['combine']>;

const combiners: {
  readonly [C in Combine]: (axes: AxisValues, cells: readonly Cell[]) => readonly Cell[];
} = {
  grid: (axes) =>
    axes.reduce<Cell[]>(
      (cells, [name, values]) =>
        cells.flatMap((cell) => values.map((value) => ({ ...cell, [name]: value }))),
      [{}],
    ),
  zip: zipAxes,
  list: (_, cells) => cells,
};

function zipAxes(axes: AxisValues): Cell[] {
  const [first, ...rest] = axes;
  if (first === undefined) return [{}];
  const uneven = rest.find(([, values]) => values.length !== first[1].length);
  if (uneven !== undefined)
    throw new RadiographError('usage', {
      path: `axis ${uneven[0]}`,
      message: `expected ${first[1].length} values to zip with ${first[0]}, got ${uneven[1].length}`,
    });
  return first[1].map((_, i) =>
    Object.fromEntries(axes.map(([name, values]) => [name, values[i]!])),
  );
}

const includes = (values: Cell, part: Cell): boolean =>
  Object.entries(part).every(([axis, value]) => values[axis] === value);

function assertKnown(axes: Readonly<Record<string, object>>, skip: Cell): void {
  for (const [axis, value] of Object.entries(skip)) {
    const isAxis = Object.hasOwn(axes, axis);
    const accepted = Object.keys(isAxis ? axes[axis]! : axes);
    const got = isAxis ? value : axis;
    if (!accepted.includes(got))
      throw new RadiographError('usage', {
        path: `skip ${axis}=${value}`,
        message: `expected ${listAccepted(got, accepted)}`,
      });
  }
}

function withSeeds(document: GraphDocument, values: Cell, count: number): SweepCell[] {
  const applied = applyVariants(document, values);
  const arm = nameArm(values) || document.name;
  return Array.from({ length: count }, (_, i) => {
    const seed = (document.seed + i) % 2 ** 32;
    return { name: `${arm} seed=${seed}`, arm, values, seed, document: { ...applied, seed } };
  });
}

/** `supervision=weak rho=0.9`. */
function nameArm(values: Cell): string {
  return Object.entries(values)
    .map(([axis, value]) => `${axis}=${value}`)
    .join(' ');
}
