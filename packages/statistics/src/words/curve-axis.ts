/** Whether arms lie along one numeric axis, so that they make a curve. */

/** Values of the axes by arm. */
export type AxisValues = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** Arms as points of curves along `name`; one curve per combination of the other axes. */
export type CurveAxis = {
  readonly name: string;
  readonly curves: readonly {
    readonly name: string;
    readonly points: readonly { readonly x: number; readonly arm: string }[];
  }[];
};

/** The first axis whose values are all numbers, at least three of them; undefined if there is none. */
export function findCurveAxis(arms: readonly string[], values: AxisValues): CurveAxis | undefined {
  const cells = arms.map((arm) => values.get(arm) ?? {});
  const name = Object.keys(cells[0] ?? {}).find((axis) => {
    const numbers = cells.map((cell) => Number(cell[axis] ?? 'none'));
    return numbers.every(Number.isFinite) && new Set(numbers).size >= 3;
  });
  if (name === undefined) return undefined;
  const curves = new Map<string, { x: number; arm: string }[]>();
  cells.forEach((cell, i) => {
    const others = Object.entries(cell).filter(([axis]) => axis !== name);
    const curve = others.map(([axis, value]) => `${axis}=${value}`).join(' ') || name;
    curves.set(curve, [...(curves.get(curve) ?? []), { x: Number(cell[name]), arm: arms[i]! }]);
  });
  return {
    name,
    curves: [...curves].map(([curve, points]) => ({
      name: curve,
      points: points.sort((a, b) => a.x - b.x),
    })),
  };
}
