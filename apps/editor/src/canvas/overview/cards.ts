/** Nodes painted much as StepNode.module.css draws them, for the moment until they are drawn: icons and states are left out. */
import { headHeight } from '../step-size.ts';
import type { Ink, Tile } from './paint.ts';
import type { PictureNode, PicturePort } from './picture.ts';
import { cut, wrap } from './text.ts';

const midZoom = 0.62; // DetailLevel.tsx: farther away titles grow, and names of ports are left out
const radius = 9;

export function paintCards(
  context: CanvasRenderingContext2D,
  nodes: readonly PictureNode[],
  { zoom }: Tile,
  ink: Ink,
): void {
  const family = getComputedStyle(context.canvas).fontFamily;
  const isMid = zoom < midZoom;
  context.textBaseline = 'middle';
  for (const node of nodes) {
    context.globalAlpha = node.isDisabled ? 0.6 : 1;
    paintCard(context, node, ink);
    if (isMid) paintLargeTitle(context, node, { ink, family });
    else paintHead(context, node, { ink, family });
    for (const port of node.ports()) paintPort(context, port, { ink, family, isNamed: !isMid });
  }
  context.globalAlpha = 1;
}

function paintCard(
  context: CanvasRenderingContext2D,
  { x, y, width, height, isSelected }: PictureNode,
  ink: Ink,
): void {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
  context.fillStyle = ink('var(--node)');
  context.fill();
  context.lineWidth = isSelected ? 3 : 1;
  context.strokeStyle = ink(isSelected ? 'var(--accent)' : 'var(--line-strong)');
  context.stroke();
}

type Hand = { readonly ink: Ink; readonly family: string };

function paintHead(
  context: CanvasRenderingContext2D,
  { x, y, width, title }: PictureNode,
  { ink, family }: Hand,
): void {
  context.beginPath();
  context.roundRect(x + 0.5, y + 0.5, width - 1, headHeight - 0.5, [radius, radius, 0, 0]);
  context.fillStyle = ink('var(--node-head)');
  context.fill();
  context.fillStyle = ink('var(--line)');
  context.fillRect(x + 1, y + headHeight - 1, width - 2, 1);
  context.font = `600 13px ${family}`;
  context.fillStyle = ink('var(--ink)');
  context.textAlign = 'left';
  context.fillText(cut(context, title, width - 42), x + 33, y + headHeight / 2 + 1);
}

function paintLargeTitle(
  context: CanvasRenderingContext2D,
  { x, y, width, height, title }: PictureNode,
  { ink, family }: Hand,
): void {
  context.font = `600 24px ${family}`;
  context.fillStyle = ink('var(--ink)');
  context.textAlign = 'left';
  const lines = wrap(context, title, width - 60);
  lines.forEach((line, index) => {
    const dy = (index - (lines.length - 1) / 2) * 24 * 1.15;
    context.fillText(line, x + 45, y + (height - 30) / 2 + dy);
  });
}

function paintPort(
  context: CanvasRenderingContext2D,
  { x, y, name, color, side, isOptional }: PicturePort,
  { ink, family, isNamed }: Hand & { readonly isNamed: boolean },
): void {
  const disk = (radius: number, fill: string) => {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = ink(fill);
    context.fill();
  };
  disk(isOptional ? 6 : 7, color);
  if (isOptional) disk(3, 'var(--node)');
  else {
    disk(6, 'var(--node)');
    disk(4, color);
  }
  if (!isNamed) return;
  context.font = `${isOptional ? 'italic ' : ''}11.5px ${family}`;
  context.fillStyle = ink(isOptional ? 'var(--soft)' : 'var(--ink)');
  context.textAlign = side === 'inputs' ? 'left' : 'right';
  context.fillText(name, x + (side === 'inputs' ? 11 : -11), y + 1);
}
