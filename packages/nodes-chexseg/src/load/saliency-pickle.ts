/** One Grad-CAM pickle of CheXseg or CheXlocalize: `<id>_<task>_map.pkl` (method.md section c). */
import {
  isTensor,
  type PickleDict,
  type PickleValue,
  readTensor,
  readTorch,
} from '@radiograph/formats';
import { dataError } from '@radiograph/graph';
import { type Plane, resizeBilinear, type Size } from '@radiograph/kinds';
import { labelTasks } from '../phantom/finding.ts';

/** A saliency map as it was saved. */
export type SavedMap = {
  readonly id: string;
  readonly task: string;
  /** `[side, side]`, the network's input size. */
  readonly map: Plane & { readonly data: Float32Array };
  readonly probability: number;
  /** Size of the original radiograph. */
  readonly originalSize: Size;
};

/** Reads a pickle without running anything. @throws a data error at `path` for what is missing or is no map. */
export function readSavedMap(bytes: Uint8Array, path: string): SavedMap {
  const value = readTorch(bytes, path);
  if (!(value instanceof Map))
    throw dataError(path, 'expected a dict of map, prob, task, cxr_dims');
  const dict: PickleDict = value;
  const map = dict.get('map');
  const task = dict.get('task');
  const dims = dict.get('cxr_dims');
  if (!isTensor(map)) throw dataError(path, 'expected a tensor under "map"');
  if (typeof task !== 'string') throw dataError(path, 'expected a name under "task"');
  if (!isPair(dims)) throw dataError(path, 'expected width and height under "cxr_dims"');
  const { shape, data } = readTensor(map, `${path} map`);
  const [height = 0, width = 0] = shape.slice(-2);
  if (data.length !== height * width || data.length === 0)
    throw dataError(path, `expected one map, got a tensor of ${shape.join('x')}`);
  return {
    id: idOf(path, task),
    task: ourName(task),
    map: { data, size: [height, width] },
    probability: readProbability(dict.get('prob'), ourName(task), path),
    originalSize: [dims[1], dims[0]],
  };
}

const ourName = (task: string) => (task === 'Lung Opacity' ? 'Airspace Opacity' : task);

function idOf(path: string, task: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const ending = `_${task}_map.pkl`;
  if (name.endsWith(ending)) return name.slice(0, -ending.length);
  throw dataError(path, `expected a name that ends in ${ending}`);
}

/** A number, or the probabilities of all fourteen tasks. */
function readProbability(value: PickleValue | undefined, task: string, path: string): number {
  if (typeof value === 'number') return value;
  const all = isTensor(value) ? readTensor(value, `${path} prob`).data : undefined;
  const tasks: readonly string[] = labelTasks;
  const index = all?.length === 1 ? 0 : tasks.indexOf(task);
  const probability =
    all?.length === 1 || all?.length === labelTasks.length ? all[index] : undefined;
  if (probability !== undefined) return probability;
  throw dataError(path, 'expected a number, or one for each of fourteen tasks, under "prob"');
}

function isPair(value: PickleValue | undefined): value is [number, number] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((side) => typeof side === 'number' && side > 0)
  );
}

/**
 * Finds the grid of which a map is the bilinear image (align_corners=False), as saved Grad-CAMs are: 10 x 10 for 320 x 320, which is
 * a thousandth of the bytes. undefined if the map is none, to a part in 100,000 of its range.
 */
export function recoverGrid(
  { data, size }: SavedMap['map'],
  stride: number,
): (Plane & { readonly data: Float32Array }) | undefined {
  if (size.some((side) => side % stride !== 0)) return undefined;
  const [rows, columns] = [size[0] / stride, size[1] / stride];
  const across = recoverAxis(rows, stride).flatMap(({ near, far, weight }) =>
    recoverAxis(columns, stride).map((x) => {
      const at = (y: number) =>
        extrapolate(data[y * size[1] + x.near]!, data[y * size[1] + x.far]!, x.weight);
      return extrapolate(at(near), at(far), weight);
    }),
  );
  const grid = { data: Float32Array.from(across), size: [rows, columns] as const };
  const again = resizeBilinear(grid, size);
  const range = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return again.every((value, i) => Math.abs(value - data[i]!) <= 1e-5 * range) ? grid : undefined;
}

type Line = { readonly near: number; readonly far: number; readonly weight: number };

/** Two pixels between the centers of grid cell g and its neighbor, whose line leads to g itself; at the end the map is flat. */
function recoverAxis(cells: number, stride: number): Line[] {
  return Array.from({ length: cells }, (_, g) => {
    const last = cells * stride - 1;
    if (g === cells - 1) return { near: last, far: last, weight: 0 };
    const near = Math.floor(g * stride + stride / 2); // the first pixel after the center of g
    const far = near + stride - 1; // the last one before the center of g + 1
    const before = (near + 0.5) / stride - 0.5 - g;
    return { near, far, weight: before / ((far - near) / stride) };
  });
}

const extrapolate = (near: number, far: number, weight: number) => near + (near - far) * weight;
