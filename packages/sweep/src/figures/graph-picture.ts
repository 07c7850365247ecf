/** A graph as a picture: nodes where the document lays them out, wires as curves, what the arms change in color. */
import type { GraphDocument } from '@radiograph/graph';
import { splitReference, wireName } from '@radiograph/graph';
import { element, svgDocument, textElement } from './svg.ts';

const node = { width: 150, height: 46 };
const margin = 24;

/** Draws a document. `changed` names nodes and wires (`a.out -> b.in`) that differ between arms. */
export function drawGraph(document: GraphDocument, changed: ReadonlySet<string>): string {
  const places = placeNodes(document);
  const values = [...places.values()];
  const width = Math.max(...values.map(([x]) => x)) + node.width + margin;
  const height = Math.max(...values.map(([, y]) => y)) + node.height + margin + 26;
  const wires = document.edges.map((edge) => drawWire(edge, places, changed.has(wireName(edge))));
  const boxes = Object.entries(document.nodes).map(([id, { label, type }]) =>
    drawNode({ title: label ?? id, type }, places.get(id)!, changed.has(id)),
  );
  const legend = textElement('orange: differs between arms', {
    x: margin,
    y: height - 10,
    fill: '#b34700',
  });
  const content = [...wires, ...boxes, changed.size > 0 ? legend : ''].join('');
  return svgDocument({ width, height, title: document.name }, content);
}

type Point = readonly [number, number];

/** The saved layout moved to the corner; nodes without a place stand in a row below. */
function placeNodes({ nodes, layout = {} }: GraphDocument): Map<string, Point> {
  const known = Object.keys(nodes).flatMap((id) => (layout[id] === undefined ? [] : [layout[id]]));
  const [left, top] = [0, 1].map((axis) => Math.min(...known.map((point) => point[axis]!)));
  const bottom = Math.max(...known.map(([, y]) => y));
  const hasLayout = known.length > 0;
  let loose = 0;
  return new Map(
    Object.keys(nodes).map((id) => {
      const at = layout[id];
      if (at !== undefined) return [id, [at[0] - left! + margin, at[1] - top! + margin]] as const;
      const x = margin + loose * (node.width + margin);
      loose++;
      return [id, [x, hasLayout ? bottom - top! + node.height + 2 * margin : margin]] as const;
    }),
  );
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
  const bend = Math.max(30, Math.abs(c - a) / 2);
  const path = `M${a} ${b}C${a + bend} ${b} ${c - bend} ${d} ${c} ${d}`;
  const stroke = isChanged ? '#d55e00' : '#9aa4af';
  return element('path', { d: path, fill: 'none', stroke, 'stroke-width': isChanged ? 2.4 : 1.4 });
}

function drawNode(
  { title, type }: { readonly title: string; readonly type: string },
  [x, y]: Point,
  isChanged: boolean,
): string {
  const stroke = isChanged ? '#d55e00' : '#5b6773';
  const shape = {
    x,
    y,
    width: node.width,
    height: node.height,
    rx: 6,
    fill: isChanged ? '#fff3e8' : '#f5f7f9',
    stroke,
  };
  return (
    element('rect', { ...shape, 'stroke-width': isChanged ? 2 : 1 }) +
    textElement(title, { x: x + 10, y: y + 20, 'font-weight': 'bold', fill: '#1b2027' }) +
    textElement(type, { x: x + 10, y: y + 36, 'font-size': '10px', fill: '#5b6773' })
  );
}
