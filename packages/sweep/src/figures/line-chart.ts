/** Curves with confidence bands. */
import { scaleLinear } from 'd3-scale';
import { boxOf, drawXAxis, drawYAxis, frameFigure } from './frame.ts';
import { colorOf, element, pathThrough } from './svg.ts';

/** A point; `low` and `high` bound the band, where there is one. A null y is a gap. */
export type CurvePoint = {
  readonly x: number;
  readonly y: number | null;
  readonly low?: number;
  readonly high?: number;
};
export type Curve = { readonly name: string; readonly points: readonly CurvePoint[] };

export type LineChart = {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly curves: readonly Curve[];
  /** Ends of the axes; default: what the points need. */
  readonly xDomain?: readonly [number, number];
  readonly yDomain?: readonly [number, number];
  /** Few measured points: a dot each, and a tick at each of them. */
  readonly dots?: boolean;
  /** A single value to compare with, drawn as a dashed line. */
  readonly reference?: { readonly name: string; readonly y: number };
};

/** Draws a line chart as SVG. */
export function drawLineChart(chart: LineChart): string {
  const { title, xLabel, yLabel, curves, dots = false, reference } = chart;
  const names = curves.map(({ name }) => name);
  const box = boxOf(names);
  const points = curves.flatMap((curve) => curve.points);
  const xs = points.map(({ x: value }) => value);
  const ys = points.flatMap(({ y: value, low, high }) =>
    [value, low ?? null, high ?? null].filter((one) => one !== null),
  );
  if (reference !== undefined) ys.push(reference.y);
  const x = scaleLinear(chart.xDomain ?? [Math.min(...xs), Math.max(...xs)], [
    box.left + 8,
    box.width - box.right - 8,
  ]);
  const y = scaleLinear(chart.yDomain ?? [Math.min(0, ...ys), Math.max(...ys)], [
    box.height - box.bottom,
    box.top,
  ]);
  if (chart.yDomain === undefined) y.nice(6);
  const at = (point: CurvePoint): readonly [number, number] | null =>
    point.y === null ? null : [x(point.x), y(point.y)];
  const drawn = curves.map((curve, i) => {
    const color = colorOf(i);
    const line = {
      d: pathThrough(curve.points.map(at)),
      fill: 'none',
      stroke: color,
      'stroke-width': 2,
    };
    const marks =
      dots || curve.points.length === 1
        ? curve.points.map((point) => drawDot(at(point), color))
        : [];
    return drawBand(curve.points, { x, y, color }) + element('path', line) + marks.join('');
  });
  const ticks = dots ? [...new Set(xs)].sort((a, b) => a - b) : x.ticks(8);
  const axes = drawYAxis(y, yLabel, box) + drawXAxis(x, { label: xLabel, ticks, box });
  const dashed =
    reference === undefined
      ? ''
      : element('line', {
          x1: box.left,
          x2: box.width - box.right,
          y1: y(reference.y),
          y2: y(reference.y),
          stroke: '#555',
          'stroke-dasharray': '5 4',
        }) +
        element(
          'text',
          { x: box.width - box.right, y: y(reference.y) - 5, 'text-anchor': 'end', fill: '#555' },
          reference.name,
        );
  return frameFigure(title, names, box, axes + dashed + drawn.join(''));
}

type Scale = (value: number) => number;

function drawBand(
  points: readonly CurvePoint[],
  { x, y, color }: { readonly x: Scale; readonly y: Scale; readonly color: string },
): string {
  const known = points.filter(({ low, high }) => low !== undefined && high !== undefined);
  if (known.length < 2) return '';
  const upper = known.map((point) => [x(point.x), y(point.high!)] as const);
  const lower = known.toReversed().map((point) => [x(point.x), y(point.low!)] as const);
  return element('path', {
    d: `${pathThrough([...upper, ...lower])}Z`,
    fill: color,
    opacity: 0.16,
  });
}

function drawDot(at: readonly [number, number] | null, color: string): string {
  return at === null ? '' : element('circle', { cx: at[0], cy: at[1], r: 3.5, fill: color });
}
