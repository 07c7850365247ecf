/** Bars by group and series, with intervals. */
import type { Interval } from '@radiograph/kinds';
import { scaleBand, scaleLinear } from 'd3-scale';
import { type Box, boxOf, drawYAxis, frameFigure } from './frame.ts';
import { colorOf, element, textElement } from './svg.ts';

export type BarChart = {
  readonly title: string;
  readonly yLabel: string;
  readonly groups: readonly string[];
  /** One value per group; null = nothing to draw. `dots` are single measurements, one list per group. */
  readonly series: readonly {
    readonly name: string;
    readonly values: readonly (Interval | null)[];
    readonly dots?: readonly (readonly (number | null)[])[];
  }[];
};

/** Draws a bar chart as SVG, across the page if it has many groups. A single group has one bar per series, each in its color. */
export function drawBarChart({ title, yLabel, groups, series }: BarChart): string {
  const names = series.map(({ name }) => name);
  const isTilted = hasManyGroups(groups);
  const box = boxOf(names, isTilted ? { width: 1100, below: 112 } : { below: 34 });
  const tops = series.flatMap(({ values }) => values.map((value) => value?.upper ?? 0));
  const y = scaleLinear([0, Math.max(0.01, ...tops)], [box.height - box.bottom, box.top]).nice(6);
  const group = scaleBand(groups, [box.left, box.width - box.right]).padding(0.22);
  const bar = scaleBand(names, [0, group.bandwidth()]).padding(0.08);
  const bars = series.map(({ name, values, dots = [] }, i) =>
    values.map((value, g) => {
      const left = group(groups[g]!)! + bar(name)!;
      const place = { left, width: bar.bandwidth(), color: colorOf(i), y };
      return value === null ? '' : drawBar(value, place) + drawDots(dots[g] ?? [], place);
    }),
  );
  const labels = groups.map((name) =>
    labelGroup(name, group(name)! + group.bandwidth() / 2, { box, isTilted }),
  );
  const base = { y1: y(0), y2: y(0), x1: box.left, x2: box.width - box.right, stroke: '#888' };
  const content = [drawYAxis(y, yLabel, box), ...bars.flat(), element('line', base), ...labels];
  return frameFigure(title, names, box, content.join(''));
}

/** Whether a chart of these groups needs the width of the page. */
export const hasManyGroups = (groups: readonly string[]): boolean => groups.length > 5;

type Place = {
  readonly left: number;
  readonly width: number;
  readonly color: string;
  readonly y: (value: number) => number;
};

function drawBar({ mean, lower, upper }: Interval, { left, width, color, y }: Place): string {
  const middle = left + width / 2;
  const whisker = { stroke: '#222', 'stroke-width': 1.2 };
  const cap = Math.min(6, width / 4);
  const caps = [lower, upper].map((value) =>
    element('line', { x1: middle - cap, x2: middle + cap, y1: y(value), y2: y(value), ...whisker }),
  );
  return (
    element('rect', {
      x: left,
      y: y(mean),
      width,
      height: Math.max(0, y(0) - y(mean)),
      fill: color,
      opacity: 0.85,
    }) +
    element('line', { x1: middle, x2: middle, y1: y(lower), y2: y(upper), ...whisker }) +
    caps.join('')
  );
}

function drawDots(values: readonly (number | null)[], { left, width, y }: Place): string {
  return values
    .map((value, i) => {
      const cx = left + (width * (i + 1)) / (values.length + 1);
      return value === null
        ? ''
        : element('circle', {
            cx,
            cy: y(value),
            r: 3,
            fill: '#fff',
            stroke: '#222',
            'stroke-width': 1.2,
          });
    })
    .join('');
}

function labelGroup(
  name: string,
  x: number,
  { box, isTilted }: { readonly box: Box; readonly isTilted: boolean },
): string {
  const y = box.height - box.bottom + 16;
  if (!isTilted) return textElement(name, { x, y, 'text-anchor': 'middle', fill: '#222' });
  const turn = `rotate(-35 ${x.toFixed(1)} ${y})`;
  const place = { x, 'text-anchor': 'end', transform: turn, fill: '#222' };
  return breakName(name)
    .map((line, i) => textElement(line, { ...place, y: y + 13 * i }))
    .join('');
}

const longestLine = 20; // a longer one would reach beyond the left edge of the figure

/** A long name in two lines, broken at its last space. */
function breakName(name: string): string[] {
  const space = name.lastIndexOf(' ');
  return name.length <= longestLine || space < 0
    ? [name]
    : [name.slice(0, space), name.slice(space + 1)];
}
