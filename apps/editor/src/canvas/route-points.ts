type Point = readonly [number, number];

/** The middles between neighbors: where a wire can get another point. */
export function freePoints(points: readonly Point[]): Point[] {
  return points.slice(1).map(([x, y], index): Point => {
    const [left, top] = points[index]!;
    return [Math.round((left + x) / 2), Math.round((top + y) / 2)];
  });
}
