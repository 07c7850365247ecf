/** Which pairs of pixels IRNet relates, and what lies between the two: the path index of the released code (misc/indexing.py; method.md b.5). */
import type { Size } from '@radiograph/kinds';

/** Rows down and columns to the right. */
export type Offset = readonly [rows: number, columns: number];

/** The pixels on the way from a source to a destination. */
export type SearchPath = {
  readonly destination: Offset;
  /** Offsets from the source, the destination first, the source `[0, 0]` last. */
  readonly points: readonly Offset[];
};

/**
 * One path for each direction within `radius`, half of the disc (the other half is its mirror image), shortest paths first.
 *
 * A path holds every pixel of the bounding box of its ends whose distance to the line through them is less than 1.
 */
export function listSearchPaths(radius: number): SearchPath[] {
  const paths = listDirections(radius).map((destination) => ({
    destination,
    points: tracePath(destination),
  }));
  return paths.sort((a, b) => a.points.length - b.points.length); // stable: directions keep their order within a length
}

/** How far a pair reaches along an axis: the largest whole number below the radius. */
export function reachOf(radius: number): number {
  return Math.ceil(radius) - 1;
}

/** The sources whose pairs all lie inside a map: rows 0 to `height` - 1, columns `left` to `left` + `width` - 1. */
export type SourceWindow = {
  readonly left: number;
  readonly height: number;
  readonly width: number;
};

/** The sources of a map of this size. Height or width is 0 or less where the map is too small for the radius. */
export function sourceWindow([height, width]: Size, radius: number): SourceWindow {
  const reach = reachOf(radius);
  return { left: reach, height: height - reach, width: width - 2 * reach };
}

function listDirections(radius: number): Offset[] {
  const reach = reachOf(radius);
  const right = Array.from({ length: reach }, (_, i): Offset => [0, i + 1]);
  const down: Offset[] = [];
  for (let y = 1; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) if (x * x + y * y < radius * radius) down.push([y, x]);
  }
  return [...right, ...down];
}

function tracePath([rows, columns]: Offset): Offset[] {
  const squaredLength = rows * rows + columns * columns;
  const points: Offset[] = [];
  for (let y = 0; y <= rows; y++) {
    for (let x = Math.min(0, columns); x <= Math.max(0, columns); x++) {
      const cross = rows * x - columns * y;
      if ((cross * cross) / squaredLength < 1) points.push([y, x]);
    }
  }
  return points.sort((a, b) => farness(b) - farness(a));
}

function farness([rows, columns]: Offset): number {
  return rows + Math.abs(columns);
}
