/** A picture of the graph, painted on a canvas. */
import { type Area, overlaps } from '../area.ts';
import { paintCards } from './cards.ts';
import type { Picture, PictureNode } from './picture.ts';
import { wrap } from './text.ts';

/** The colors of the theme, by the names of tokens.css without dashes. */
export type Ink = (color: string) => string;
/** The part of the document that a canvas shows, the zoom, and pixels per unit of the document. */
export type Tile = Area & { readonly zoom: number; readonly scale: number };

const cardScale = 0.32; // from here on nodes are painted as they are drawn, with ports
const titleScale = 0.18; // below it a title is smaller than five pixels
const titleSize = 30;
const padding = 12;

/** Resolves `var(--name)` in the theme of an element. */
export function inkOf(element: Element): Ink {
  const style = getComputedStyle(element);
  const known = new Map<string, string>();
  return (color) => {
    const name = /^var\((--[\w-]+)\)$/.exec(color)?.[1];
    if (name === undefined) return color;
    if (!known.has(name)) known.set(name, style.getPropertyValue(name).trim());
    return known.get(name)!;
  };
}

/** Paints what lies in the tile and does not reach into `drawn`; the canvas gets the tile's place, and its size in pixels. */
export function paint(
  canvas: HTMLCanvasElement,
  picture: Picture,
  { tile, drawn }: { readonly tile: Tile; readonly drawn: Area | undefined },
  ink: Ink,
): void {
  place(canvas, tile);
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.setTransform(tile.scale, 0, 0, tile.scale, -tile.x * tile.scale, -tile.y * tile.scale);
  const isPainted = (box: Area) => overlaps(box, tile) && !(drawn && overlaps(box, drawn));
  const wires = picture.wires.filter(({ box }) => isPainted(box));
  const nodes = picture.nodes.filter(isPainted);
  paintWires(context, wires, tile, ink);
  if (tile.zoom >= cardScale) paintCards(context, nodes, tile, ink);
  else paintBoxes(context, nodes, tile, ink);
}

function place(canvas: HTMLCanvasElement, { x, y, width, height, scale }: Tile): void {
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  const { style } = canvas;
  style.left = `${x}px`;
  style.top = `${y}px`;
  style.width = `${canvas.width / scale}px`;
  style.height = `${canvas.height / scale}px`;
}

function paintBoxes(
  context: CanvasRenderingContext2D,
  nodes: readonly PictureNode[],
  tile: Tile,
  ink: Ink,
): void {
  for (const node of nodes) paintNode(context, node, tile, ink);
  if (tile.zoom >= titleScale) paintTitles(context, nodes, ink);
}

/** All wires of one color are one stroke. */
function paintWires(
  context: CanvasRenderingContext2D,
  wires: Picture['wires'],
  { zoom, scale }: Tile,
  ink: Ink,
): void {
  const paths = new Map<string, Path2D>();
  for (const { color, path } of wires) {
    const all = paths.get(color) ?? new Path2D();
    all.addPath(path());
    paths.set(color, all);
  }
  context.globalAlpha = zoom >= cardScale ? 0.8 : 0.6;
  context.lineWidth = Math.max(2, 0.8 / scale);
  for (const [color, path] of paths) {
    context.strokeStyle = ink(color);
    context.stroke(path);
  }
  context.globalAlpha = 1;
}

function paintNode(
  context: CanvasRenderingContext2D,
  { x, y, width, height, color, isSelected, isDisabled }: PictureNode,
  { zoom, scale }: Tile,
  ink: Ink,
): void {
  context.globalAlpha = isDisabled ? 0.5 : 1;
  context.fillStyle = ink('var(--node)');
  context.fillRect(x, y, width, height);
  context.globalAlpha = (isDisabled ? 0.5 : 1) * (zoom < titleScale ? 0.45 : 0.16);
  context.fillStyle = ink(color);
  context.fillRect(x, y, width, height);
  context.globalAlpha = 1;
  context.lineWidth = (isSelected ? 2.5 : 1) / scale;
  context.strokeStyle = ink(isSelected ? 'var(--accent)' : 'var(--line-strong)');
  if (isSelected || zoom >= titleScale) context.strokeRect(x, y, width, height);
}

function paintTitles(
  context: CanvasRenderingContext2D,
  nodes: readonly PictureNode[],
  ink: Ink,
): void {
  context.font = `600 ${titleSize}px ${getComputedStyle(context.canvas).fontFamily}`;
  context.textBaseline = 'middle';
  context.fillStyle = ink('var(--ink)');
  for (const { x, y, width, height, title } of nodes) {
    const lines = wrap(context, title, width - 2 * padding);
    lines.forEach((line, index) => {
      const dy = (index - (lines.length - 1) / 2) * titleSize * 1.15;
      context.fillText(line, x + padding, y + height / 2 + dy);
    });
  }
}
