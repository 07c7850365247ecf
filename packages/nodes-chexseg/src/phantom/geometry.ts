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
  const blend = (a: number, b: number, c: number, d: number) =>
    0.5 *
    (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t ** 3);
  return [blend(p0[0], p1[0], p2[0], p3[0]), blend(p0[1], p1[1], p2[1], p3[1])];
}

/** A polyline's bounding box, widened by `margin`. */
export function boundsOf(path: readonly Point[], margin: number) {
  const xs = path.map(([x]) => x);
  const ys = path.map(([, y]) => y);
  return {
    left: Math.min(...xs) - margin,
    right: Math.max(...xs) + margin,
    top: Math.min(...ys) - margin,
    bottom: Math.max(...ys) + margin,
  };
}

/** The nearest place of a polyline: its distance, and where it is from 0 (start) to 1 (end). */
export function nearestOnPath(
  path: readonly Point[],
  x: number,
  y: number,
): { distance: number; t: number } {
  let best = Number.POSITIVE_INFINITY;
  let t = 0;
  for (let i = 0; i + 1 < path.length; i++) {
    const [ax, ay] = path[i]!;
    const [bx, by] = path[i + 1]!;
    const [dx, dy] = [bx - ax, by - ay];
    const length = dx * dx + dy * dy;
    const along =
      length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
    const [ex, ey] = [x - ax - along * dx, y - ay - along * dy];
    const squared = ex * ex + ey * ey;
    if (squared < best) {
      best = squared;
      t = (i + along) / (path.length - 1);
    }
  }
  return { distance: Math.sqrt(best), t };
}

/** Whether a point lies in a closed polyline (even-odd). */
export function contains(outline: readonly Point[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [xi, yi] = outline[i]!;
    const [xj, yj] = outline[j]!;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** 0 below `low`, 1 above `high`, smooth between. */
export function smoothstep(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}
