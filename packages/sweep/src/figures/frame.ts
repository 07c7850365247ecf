/** The frame of a plot: axes, ticks, grid, labels and legend. */
import type { ScaleLinear } from 'd3-scale';
import { colorOf, element, svgDocument, textElement } from './svg.ts';

/** Where the plot lies in its figure. */
export type Box = {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
};

/** The box of a figure with room for a legend of so many rows and labels of so many pixels below. */
export function boxOf(
  names: readonly string[],
  { width = 540, height = 340, below = 46 } = {},
): Box {
  const rows = layOutLegend(names, width).rows;
  return {
    width,
    height: height + rows * 18,
    left: 56,
    right: 16,
    top: 34 + rows * 18,
    bottom: below,
  };
}

/** Horizontal grid lines with their values, and the label of the axis. */
export function drawYAxis(y: ScaleLinear<number, number>, label: string, box: Box): string {
  const format = y.tickFormat(6);
  const lines = y.ticks(6).map((tick) => {
    const at = y(tick);
    return (
      element('line', {
        x1: box.left,
        x2: box.width - box.right,
        y1: at,
        y2: at,
        stroke: '#e3e6ea',
      }) +
      textElement(format(tick), { x: box.left - 8, y: at + 4, 'text-anchor': 'end', fill: '#444' })
    );
  });
  const middle = (box.top + box.height - box.bottom) / 2;
  const turned = { transform: `rotate(-90 14 ${middle})`, 'text-anchor': 'middle', fill: '#222' };
  return lines.join('') + textElement(label, { x: 14, y: middle, ...turned });
}

/** Ticks and label of a numeric axis below. */
export function drawXAxis(
  x: ScaleLinear<number, number>,
  {
    label,
    ticks,
    box,
  }: { readonly label: string; readonly ticks: readonly number[]; readonly box: Box },
): string {
  const bottom = box.height - box.bottom;
  const format = x.tickFormat(8);
  const marks = ticks.map(
    (tick) =>
      element('line', { x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 5, stroke: '#888' }) +
      textElement(Number.isInteger(tick) ? String(tick) : format(tick), {
        x: x(tick),
        y: bottom + 19,
        'text-anchor': 'middle',
        fill: '#444',
      }),
  );
  const line = { x1: box.left, x2: box.width - box.right, y1: bottom, y2: bottom, stroke: '#888' };
  const middle = (box.left + box.width - box.right) / 2;
  return (
    element('line', line) +
    marks.join('') +
    textElement(label, { x: middle, y: box.height - 8, 'text-anchor': 'middle', fill: '#222' })
  );
}

/** A figure with a title, a legend (for more than one series) and its content. */
export function frameFigure(
  title: string,
  names: readonly string[],
  box: Box,
  content: string,
): string {
  const head = textElement(title, { x: box.left, y: 20, 'font-weight': 'bold', fill: '#111' });
  return svgDocument({ ...box, title }, head + drawLegend(names, box) + content);
}

function drawLegend(names: readonly string[], { width, left }: Box): string {
  return layOutLegend(names, width)
    .entries.map(
      ({ name, x, y }, i) =>
        element('rect', { x: left + x, y: y + 30, width: 11, height: 11, fill: colorOf(i) }) +
        textElement(name, { x: left + x + 16, y: y + 40, fill: '#222' }),
    )
    .join('');
}

/** One series needs no legend: the title says what it is. */
function layOutLegend(names: readonly string[], width: number) {
  if (names.length < 2) return { rows: 0, entries: [] };
  let [x, row] = [0, 0];
  const entries = names.map((name) => {
    const needed = 16 + name.length * 6.8 + 18;
    if (x > 0 && x + needed > width - 72) [x, row] = [0, row + 1];
    const entry = { name, x, y: row * 18 };
    x += needed;
    return entry;
  });
  return { rows: row + 1, entries };
}
