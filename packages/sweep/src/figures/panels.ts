/** Small multiples: one small plot per class, all with the same axes, one color per series. */
import { scaleLinear } from 'd3-scale';
import { boxOf, frameFigure } from './frame.ts';
import type { Curve } from './line-chart.ts';
import { colorOf, element, pathThrough, textElement } from './svg.ts';

export type Panels = {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Names of the series, in the order of the curves of each panel. */
  readonly names: readonly string[];
  /** x from 0 to 1. */
  readonly panels: readonly { readonly name: string; readonly curves: readonly Curve[] }[];
};

const width = 1100;
const mostColumns = 5;
const cell = { height: 176, left: 34, right: 10, top: 26, bottom: 24 };

/** Draws the panels row by row as SVG. */
export function drawPanels({ title, xLabel, yLabel, names, panels }: Panels): string {
  const columns = Math.min(mostColumns, panels.length);
  const rows = Math.ceil(panels.length / columns);
  const head = boxOf(names, { width }).top;
  const box = { ...boxOf(names, { width }), left: 30, height: head + rows * cell.height + 22 };
  const step = (width - box.left - 8) / columns;
  const tops = panels.flatMap(({ curves }) =>
    curves.flatMap(({ points }) => points.map(({ y }) => y ?? 0)),
  );
  const most = Math.max(0.01, ...tops);
  const drawn = panels.map((panel, i) => {
    const at = {
      left: box.left + (i % columns) * step,
      top: head + Math.floor(i / columns) * cell.height,
      width: step,
    };
    return drawPanel(panel, at, most);
  });
  const bottom = { x: width / 2, y: box.height - 6, 'text-anchor': 'middle', fill: '#222' };
  const middle = head + (rows * cell.height) / 2;
  const turned = { transform: `rotate(-90 14 ${middle})`, 'text-anchor': 'middle', fill: '#222' };
  const labels = textElement(xLabel, bottom) + textElement(yLabel, { x: 14, y: middle, ...turned });
  return frameFigure(title, names, box, drawn.join('') + labels);
}

type Place = { readonly left: number; readonly top: number; readonly width: number };

function drawPanel({ name, curves }: Panels['panels'][number], place: Place, most: number): string {
  const [left, right] = [place.left + cell.left, place.left + place.width - cell.right];
  const [top, bottom] = [place.top + cell.top, place.top + cell.height - cell.bottom];
  const x = scaleLinear([0, 1], [left, right]);
  const y = scaleLinear([0, most], [bottom, top]).nice(3);
  const grid = y.ticks(3).map((tick) => {
    const at = { x1: left, x2: right, y1: y(tick), y2: y(tick), stroke: '#e3e6ea' };
    const label = { x: left - 5, y: y(tick) + 4, 'text-anchor': 'end', fill: '#444' };
    return element('line', at) + textElement(String(tick), label);
  });
  const ticks = [0, 0.5, 1].map((tick) =>
    textElement(String(tick), {
      x: x(tick),
      y: bottom + 15,
      'text-anchor': 'middle',
      fill: '#444',
    }),
  );
  const lines = curves.map(({ points }, i) =>
    element('path', {
      d: pathThrough(points.map((point) => (point.y === null ? null : [x(point.x), y(point.y)]))),
      fill: 'none',
      stroke: colorOf(i),
      'stroke-width': 1.8,
    }),
  );
  const head = { x: left, y: top - 8, 'font-weight': 'bold', fill: '#222' };
  return [...grid, ...ticks, ...lines, textElement(name, head)].join('');
}
