/** Places for nodes whose file gives none. They are not part of the document, and stay while it is open: removing a node moves no other. */
import { type GraphDocument, splitReference } from '@radiograph/graph';
import { catalogStore } from '../catalog/catalog.ts';
import { documentStore } from '../document/document-store.ts';
import { portsOf } from './ports-of.ts';
import { stepHeight } from './step-size.ts';

type Point = readonly [number, number];

const columnWidth = 260;
const previewHeight = 96;
const shortestBand = 10;

let opened = -1;
const places = new Map<string, Point>();

/** Where a node without a place of its own is drawn. */
export function assumedPlace(document: GraphDocument, id: string): Point {
  const current = documentStore.getState().opened;
  if (current !== opened) places.clear();
  opened = current;
  if (!places.has(id))
    for (const [other, point] of placeNodes(document))
      if (!places.has(other)) places.set(other, point);
  return places.get(id) ?? [0, 0];
}

/** In columns by their distance from the start, below what has a place; long graphs go on in bands below each other. */
function placeNodes(document: GraphDocument): ReadonlyMap<string, Point> {
  const ids = Object.keys(document.nodes).filter((id) => document.layout?.[id] === undefined);
  const depths = depthsOf(document);
  const columns = Map.groupBy(ids, (id) => depths.get(id) ?? 0);
  const count = Math.max(0, ...columns.keys()) + 1;
  const perBand = Math.max(shortestBand, Math.ceil(Math.sqrt(2 * count)));
  const found = new Map<string, Point>();
  let top = bottomOf(document);
  for (let first = 0; first < count; first += perBand) {
    let bottom = top;
    for (let column = first; column < first + perBand; column++) {
      let y = top;
      for (const id of columns.get(column) ?? []) {
        found.set(id, [(column - first) * columnWidth, y]);
        y += heightOf(document, id);
      }
      bottom = Math.max(bottom, y);
    }
    top = bottom;
  }
  return found;
}

/** The longest way to each node; those on a cycle stand where they began. */
function depthsOf({ nodes, edges }: GraphDocument): ReadonlyMap<string, number> {
  const ends = edges
    .map(({ from, to }) => [splitReference(from).nodeId, splitReference(to).nodeId] as const)
    .filter(([from, to]) => from in nodes && to in nodes);
  const followers = Map.groupBy(ends, ([from]) => from);
  const depths = new Map(Object.keys(nodes).map((id) => [id, 0]));
  const awaited = new Map(depths);
  for (const [, to] of ends) awaited.set(to, awaited.get(to)! + 1);
  const ready = [...awaited].filter(([, count]) => count === 0).map(([id]) => id);
  for (const id of ready) {
    for (const [, to] of followers.get(id) ?? []) {
      depths.set(to, Math.max(depths.get(to)!, depths.get(id)! + 1));
      awaited.set(to, awaited.get(to)! - 1);
      if (awaited.get(to) === 0) ready.push(to);
    }
  }
  return depths;
}

const heightOf = (document: GraphDocument, id: string): number =>
  stepHeight(portsOf({ document, catalog: catalogStore.getState().types }, id)) + previewHeight;

function bottomOf(document: GraphDocument): number {
  const placed = Object.entries(document.layout ?? {}).filter(([id]) => id in document.nodes);
  return Math.max(0, ...placed.map(([id, [, y]]) => y + heightOf(document, id)));
}
