/** A graph as a picture: the columns and rows of its saved layout drawn close together, so that names stay legible on a page. */
import type { GraphDocument } from '@radiograph/graph';
import { splitReference, wireName } from '@radiograph/graph';
import { element, svgDocument, textElement } from './svg.ts';

const node = { width: 148, height: 84, padding: 10 };
const gap = { column: 30, row: 26 };
const margin = 14;
// A graph of twelve columns is shown at about half of its size.
const fonts = { title: 20, type: 16, legend: 18 };
const longestLine = 11; // characters of a title in bold

/** Draws a document. `changed` names nodes and wires (`a.out -> b.in`) that differ between arms. */
export function drawGraph(document: GraphDocument, changed: ReadonlySet<string>): string {
  const places = placeNodes(document);
  const values = [...places.values()];
  const legendHeight = changed.size > 0 ? fonts.legend + gap.row : 0;
  const width = Math.max(...values.map(([x]) => x)) + node.width + margin;
  const bottom = Math.max(...values.map(([, y]) => y)) + node.height + margin;
  const wires = document.edges.map((edge) => drawWire(edge, places, changed.has(wireName(edge))));
  const boxes = Object.entries(document.nodes).map(([id, { label, type }]) =>
    drawNode({ title: label ?? id, type }, places.get(id)!, changed.has(id)),
  );
  const legend = textElement('orange: differs between arms', {
    x: margin,
    y: bottom + fonts.legend,
    'font-size': `${fonts.legend}px`,
    fill: '#b34700',
  });
  const content = [...wires, ...boxes, changed.size > 0 ? legend : ''].join('');
  return svgDocument({ width, height: bottom + legendHeight, title: document.name }, content);
}

type Point = readonly [number, number];

/** Nodes in the columns and rows of the saved layout; those without a place stand in a row below, side by side. */
function placeNodes({ nodes, layout = {} }: GraphDocument): Map<string, Point> {
  const ids = Object.keys(nodes);
  const known = ids.filter((id) => layout[id] !== undefined);
  const columnOf = rankOf(
    known.map((id) => layout[id]![0]),
    110,
  );
  const rowOf = rankOf(
    known.map((id) => layout[id]![1]),
    40,
  );
  const rows = new Set(known.map((id) => rowOf(layout[id]![1]))).size;
  const taken = new Set<string>();
  let loose = 0;
  return new Map(
    ids.map((id) => {
      const at = layout[id];
      const column = at === undefined ? loose++ : columnOf(at[0]);
      let row = at === undefined ? rows : rowOf(at[1]);
      while (taken.has(`${column} ${row}`)) row++;
      taken.add(`${column} ${row}`);
      const x = margin + column * (node.width + gap.column);
      return [id, [x, margin + row * (node.height + gap.row)]];
    }),
  );
}

/** The rank of a coordinate; those closer than `apart` to the first of their rank share it. */
function rankOf(values: readonly number[], apart: number): (value: number) => number {
  const starts: number[] = [];
  for (const value of values.toSorted((a, b) => a - b))
    if (starts.length === 0 || value - starts.at(-1)! >= apart) starts.push(value);
  return (value) => starts.findLastIndex((start) => start <= value);
}

function drawWire(
  { from, to }: { readonly from: string; readonly to: string },
  places: ReadonlyMap<string, Point>,
  isChanged: boolean,
): string {
  const [x1, y1] = places.get(splitReference(from).nodeId)!;
  const [x2, y2] = places.get(splitReference(to).nodeId)!;
  const [a, b] = [x1 + node.width, y1 + node.height / 2];
  const [c, d] = [x2, y2 + node.height / 2];
  const bend = Math.max(gap.column, Math.abs(c - a) / 2);
  const path = `M${a} ${b}C${a + bend} ${b} ${c - bend} ${d} ${c} ${d}`;
  const stroke = isChanged ? '#d55e00' : '#9aa4af';
  return element('path', { d: path, fill: 'none', stroke, 'stroke-width': isChanged ? 3.6 : 2 });
}

function drawNode(
  { title, type }: { readonly title: string; readonly type: string },
  [x, y]: Point,
  isChanged: boolean,
): string {
  const stroke = isChanged ? '#d55e00' : '#5b6773';
  const shape = { x, y, width: node.width, height: node.height, rx: 8, stroke };
  const fill = isChanged ? '#fff3e8' : '#f5f7f9';
  const lines = breakTitle(title);
  const left = x + node.padding;
  const middle = y + (lines.length === 1 ? 36 : 26);
  const titles = lines.map((line, i) =>
    textElement(line, {
      x: left,
      y: middle + i * (fonts.title + 2),
      'font-size': `${fonts.title}px`,
      'font-weight': 'bold',
      fill: '#1b2027',
    }),
  );
  const own = type.slice(type.indexOf('.') + 1); // its package is in the table of nodes
  const below = { x: left, y: y + node.height - 12, 'font-size': `${fonts.type}px` };
  return (
    element('rect', { ...shape, fill, 'stroke-width': isChanged ? 3 : 1.5 }) +
    titles.join('') +
    (own === title ? '' : textElement(cut(own, 16), { ...below, fill: '#4a5560' }))
  );
}

/** A title in one line or two, broken at a space, after a hyphen, or before a capital. */
function breakTitle(title: string): string[] {
  if (title.length <= longestLine) return [title];
  const breaks = [...title.matchAll(/(?<= )|(?<=-)|(?<=[a-z])(?=[A-Z])/g)].map(
    ({ index }) => index,
  );
  const at = breaks.filter((index) => index <= longestLine + 1).at(-1) ?? longestLine;
  return [title.slice(0, at).trim(), cut(title.slice(at).trim(), longestLine)];
}

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
