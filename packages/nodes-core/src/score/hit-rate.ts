import { dataError, defineNode, optional, port } from '@radiograph/graph';
import {
  decodeRle,
  type Interval,
  type Masks,
  masksFor,
  type Saliency,
  type Table,
} from '@radiograph/kinds';
import { bootstrapMeans, columnMeans, meanOf } from '@radiograph/statistics';
import { z } from 'zod';
import { findPeak } from './peak.ts';

const manual = `The pointing game: does the hottest pixel of a saliency map lie inside the expert mask?

Each map is upsampled to the pixels of the expert mask (bilinear) and its maximum, the first in reading order, is a hit or a miss. An
image counts for a class where its expert mask is not empty. It asks whether the model looks at the right place, and forgives a wrong
outline: a thresholded map can have a low IoU and still always hit.

points (optional, from chexseg.chexlocalize): where human readers point. Their hit rate stands beside the model's; of several points in an
image the share that hits counts.

Intervals are percentile bootstraps over images (95 %).

Source: Zhang et al., "Top-down neural attention by excitation backprop", ECCV 2016 (pointing game); Saporta et al., Nature Machine Intelligence 2022.`;

const params = z.strictObject({
  replicates: z.int().min(1).max(100_000).default(1000).describe('bootstrap draws'),
});

export const hitRate = defineNode({
  type: 'core.hit-rate',
  version: 1,
  title: 'Pointing game',
  manual,
  inputs: {
    saliency: port('saliency', 'maps, from Grad-CAM or a file'),
    masks: port('masks', 'expert masks; joined by id'),
    points: optional('table', 'where readers point: image, finding, x, y in original pixels'),
  },
  outputs: { table: port('table', 'one row per class and one for the mean') },
  params,
  uses: ['seed'],
  run: async ({ saliency, masks, points }, { replicates }, { seed }) => {
    const truth = masksFor(masks, saliency.ids);
    const classes = saliency.classes.filter((name) => truth.classes.includes(name));
    if (classes.length === 0)
      throw dataError(
        'masks',
        `expected masks of ${saliency.classes.join(', ')}, got ${truth.classes.join(', ')}`,
      );
    const task = { classes, truth };
    const rate = (hits: Hits) => summarize(hits, { replicates, seed });
    const pointed = points !== undefined && points.rows.length > 0;
    const readers = pointed ? rate(scorePoints(points, task)) : null;
    return { table: tabulate(classes, rate(scoreMaps(saliency, task)), readers) };
  },
});

/** Hits `[N][K]`: 1, 0, a share between them, or null where the class does not count. */
type Hits = readonly (readonly (number | null)[])[];
type HitTask = { readonly classes: readonly string[]; readonly truth: Masks };

/** Whether the peak of each map lies in the mask. */
export function scoreMaps(saliency: Saliency, { classes, truth }: HitTask): Hits {
  const area = saliency.grid[0] * saliency.grid[1];
  return truth.ids.map((_, image) =>
    classes.map((name) => {
      const mask = maskAt(truth, image, name);
      if (mask === null) return null;
      const at = (image * saliency.classes.length + saliency.classes.indexOf(name)) * area;
      const values = saliency.values.subarray(at, at + area);
      const map = {
        values,
        grid: saliency.grid,
        size: saliency.frame,
        frame: saliency.frames[image]!,
      };
      return mask[findPeak(map, { size: truth.sizes[image]!, frame: truth.frames[image]! })]!;
    }),
  );
}

/** The share of a reader's points that lie in the mask; null where they did not point. */
export function scorePoints(points: Table, { classes, truth }: HitTask): Hits {
  const [image, finding, x, y] = ['image', 'finding', 'x', 'y'].map((name) =>
    columnOf(points, name),
  );
  const pointsAt = (id: string, name: string) =>
    points.rows.filter((row) => row[image!] === id && row[finding!] === name);
  return truth.ids.map((id, i) =>
    classes.map((name) => {
      const pointed = pointsAt(id, name);
      const mask = pointed.length === 0 ? null : maskAt(truth, i, name);
      if (mask === null) return null;
      return meanOf(
        pointed.map((row) => valueAt(mask, truth, { i, x: Number(row[x!]), y: Number(row[y!]) })),
      );
    }),
  );
}

function columnOf({ columns }: Table, name: string): number {
  const column = columns.indexOf(name);
  if (column < 0) throw dataError('points', `expected a column ${name}, got ${columns.join(', ')}`);
  return column;
}

/** A pixel's center is a whole number in the points, a half in frames. */
function valueAt(
  mask: Uint8Array,
  truth: Masks,
  { i, x, y }: { readonly i: number; readonly x: number; readonly y: number },
): number {
  const { scaleX, scaleY, offsetX, offsetY } = truth.frames[i]!;
  const [height, width] = truth.sizes[i]!;
  const [row, column] = [
    Math.floor((y + 0.5 - offsetY) / scaleY),
    Math.floor((x + 0.5 - offsetX) / scaleX),
  ];
  const inside = row >= 0 && row < height && column >= 0 && column < width;
  return inside ? mask[row * width + column]! : 0;
}

function maskAt({ classes, counts, sizes }: Masks, image: number, name: string): Uint8Array | null {
  const drawn = counts[image]![classes.indexOf(name)]!;
  if (drawn === null) return null;
  const mask = decodeRle(drawn, ...sizes[image]!);
  return mask.includes(1) ? mask : null;
}

type Rates = {
  readonly counted: readonly number[];
  readonly rates: readonly (number | null)[];
  readonly intervals: readonly (Interval | null)[];
};

/** Rates of each class, then of their mean. */
function summarize(
  hits: Hits,
  draws: { readonly replicates: number; readonly seed: number },
): Rates {
  const perClass = columnMeans(hits);
  const { perClass: intervals, mean } = bootstrapMeans(hits, draws);
  const counted = perClass.map((_, k) => hits.filter((row) => row[k] !== null).length);
  return {
    counted: [...counted, hits.length],
    rates: [...perClass, meanOf(perClass)],
    intervals: [...intervals, mean],
  };
}

function tabulate(classes: readonly string[], model: Rates, readers: Rates | null): Table {
  const rows = [...classes, 'mean'].map((name, k) => [
    name,
    ...cellsOf(model, k),
    ...(readers === null ? [] : cellsOf(readers, k)),
  ]);
  const columns = ['hit rate', '95 % low', '95 % high', 'images'];
  const theirs = readers === null ? [] : columns.map((name) => `readers: ${name}`);
  return { title: 'Pointing game', columns: ['class', ...columns, ...theirs], rows };
}

function cellsOf({ rates, intervals, counted }: Rates, k: number): (number | null)[] {
  return [rates[k]!, intervals[k]?.lower ?? null, intervals[k]?.upper ?? null, counted[k]!];
}
