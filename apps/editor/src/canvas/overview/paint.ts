/** A picture of the graph, painted on a canvas. */
import type { Box, Picture, PictureNode } from './picture.ts';

/** The colors of the theme, by the names of tokens.css without dashes. */
export type Ink = (color: string) => string;
/** The part of the document that a canvas shows, and pixels per unit of it. */
export type Tile = Omit<Box, 'id'> & { readonly scale: number };

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

/** Paints what lies in the tile; the canvas gets the tile's size in pixels. */
export function paint(canvas: HTMLCanvasElement, picture: Picture, tile: Tile, ink: Ink): void {
  canvas.width = Math.ceil(tile.width * tile.scale);
  canvas.height = Math.ceil(tile.height * tile.scale);
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.setTransform(tile.scale, 0, 0, tile.scale, -tile.x * tile.scale, -tile.y * tile.scale);
  paintWires(context, picture, tile, ink);
  const seen = picture.nodes.filter((node) => isIn(node, tile));
  for (const node of seen) paintNode(context, node, tile, ink);
  if (tile.scale >= titleScale) paintTitles(context, seen, ink);
}

function isIn({ x, y, width, height }: Box, tile: Tile): boolean {
  return (
    x < tile.x + tile.width && x + width > tile.x && y < tile.y + tile.height && y + height > tile.y
  );
}

function paintWires(
  context: CanvasRenderingContext2D,
  { wires }: Picture,
  { scale }: Tile,
  ink: Ink,
): void {
  context.globalAlpha = 0.6;
  context.lineWidth = Math.max(2, 0.8 / scale);
  for (const [color, path] of wires) {
    context.strokeStyle = ink(color);
    context.stroke(path);
  }
  context.globalAlpha = 1;
}

function paintNode(
  context: CanvasRenderingContext2D,
  { x, y, width, height, color, isSelected, isDisabled }: PictureNode,
  { scale }: Tile,
  ink: Ink,
): void {
  context.globalAlpha = isDisabled ? 0.5 : 1;
  context.fillStyle = ink('var(--node)');
  context.fillRect(x, y, width, height);
  context.globalAlpha = (isDisabled ? 0.5 : 1) * (scale < titleScale ? 0.45 : 0.16);
  context.fillStyle = ink(color);
  context.fillRect(x, y, width, height);
  context.globalAlpha = 1;
  context.lineWidth = (isSelected ? 2.5 : 1) / scale;
  context.strokeStyle = ink(isSelected ? 'var(--accent)' : 'var(--line-strong)');
  if (isSelected || scale >= titleScale) context.strokeRect(x, y, width, height);
}

function paintTitles(
  context: CanvasRenderingContext2D,
  nodes: readonly PictureNode[],
  ink: Ink,
): void {
  context.font = `600 ${titleSize}px Inter, system-ui, sans-serif`;
  context.textBaseline = 'middle';
  context.fillStyle = ink('var(--ink)');
  const lines = new Map<string, readonly string[]>(); // few titles are different
  for (const { x, y, width, height, title } of nodes) {
    if (!lines.has(title)) lines.set(title, wrap(context, title, width - 2 * padding));
    const shown = lines.get(title)!;
    shown.forEach((line, index) => {
      const dy = (index - (shown.length - 1) / 2) * titleSize * 1.15;
      context.fillText(line, x + padding, y + height / 2 + dy);
    });
  }
}

/** A title on up to two lines; what does not fit ends in an ellipsis. */
function wrap(context: CanvasRenderingContext2D, title: string, width: number): readonly string[] {
  const fits = (text: string) => context.measureText(text).width <= width;
  const words = title.split(' ');
  let first = words.shift() ?? '';
  while (words.length > 0 && fits(`${first} ${words[0]}`)) first += ` ${words.shift()}`;
  return [first, words.join(' ')].filter((line) => line !== '').map((line) => clip(line, fits));
}

function clip(line: string, fits: (text: string) => boolean): string {
  if (fits(line)) return line;
  let length = line.length - 1;
  while (length > 1 && !fits(`${line.slice(0, length)}…`)) length--;
  return `${line.slice(0, length).trimEnd()}…`;
}
