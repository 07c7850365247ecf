/** Curves and distances in unit coordinates: x to the right, y down, the image is [0, 1] x [0, 1]. */

export type Point = readonly [x: number, y: number];

const samplesPerSegment = 6;

/** A smooth curve through points (centripetal enough for our spacing: uniform Catmull-Rom). */
export function smoothCurve(points: readonly Point[], closed = false): Point[] {
  const count = points.length;
  const at = (i: number): Point =>
    closed ? points[(i + count) % count]! : points[Math.min(count - 1, Math.max(0, i))]!;
  const curve: Point[] = [];
  for (let i = 0; i < (closed ? count : count - 1); i++) {
    for (let s = 0; s < samplesPerSegment; s++) {
      curve.push(catmullRom([at(i - 1), at(i), at(i + 1), at(i + 2)], s / samplesPerSegment));
    }
  }
  return closed ? curve : [...curve, at(count - 1)];
}

function catmullRom([p0, p1, p2, p3]: readonly [Point, Point, Point, Point], t: number): Point {
  return [blend([p0[0], p1[0], p2[0], p3[0]], t), blend([p0[1], p1[1], p2[1], p3[1]], t)];
}

function blend([a, b, c, d]: readonly [number, number, number, number], t: number): number {
  const bend = (2 * a - 5 * b + 4 * c - d) * t * t;
  return 0.5 * (2 * b + (c - a) * t + bend + (3 * b - a - 3 * c + d) * t ** 3);
}

/** A box in unit coordinates. */
export type Bounds = {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
};

/** A polyline's bounding box, widened by `margin`. */
export function boundsOf(path: readonly Point[], margin: number): Bounds {
  let [left, top] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let [right, bottom] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [x, y] of path) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { left: left - margin, right: right + margin, top: top - margin, bottom: bottom + margin };
}

/** Where a closed polyline crosses the line at height `y`. A point is inside if an odd number of crossings lie to its right (even-odd). */
export function crossings(outline: readonly Point[], y: number): number[] {
  const xs: number[] = [];
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [xi, yi] = outline[i]!;
    const [xj, yj] = outline[j]!;
    if (yi > y !== yj > y) xs.push(((xj - xi) * (y - yi)) / (yj - yi) + xi);
  }
  return xs;
}

/** 0 below `low`, 1 above `high`, smooth between. */
export function smoothstep(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}
