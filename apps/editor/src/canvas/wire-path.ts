type Point = readonly [number, number];

/** The path of a wire through all its points: a Catmull-Rom spline, as Bézier segments. */
export function wirePath(points: readonly Point[]): string {
  const at = (index: number) => points[Math.min(Math.max(index, 0), points.length - 1)]!;
  const segments = points.slice(1).map((to, index) => {
    const [before, from, after] = [at(index - 1), at(index), at(index + 2)];
    const c1 = [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6];
    const c2 = [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6];
    return `C${c1.join(',')} ${c2.join(',')} ${to.join(',')}`;
  });
  return `M${at(0).join(',')} ${segments.join(' ')}`;
}
