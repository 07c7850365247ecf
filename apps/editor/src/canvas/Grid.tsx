import { useEffect, useRef } from 'react';
import { toPixel, viewStore } from './view.ts';

/** Units of the document between dots; nodes snap to it. */
export const gridGap = 20;
/** Closer dots would be a gray noise: of them every other, every fourth ... is left. */
const closestDots = 11;

/**
 * Dots behind the drawing. A pan only moves them, by less than one gap, which needs no painting; React Flow's own background
 * is painted again in every frame.
 */
export function Grid() {
  const grid = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const follow = () => placeGrid(grid.current, viewStore.getState().transform);
    follow();
    return viewStore.subscribe(follow);
  }, []);
  return <div ref={grid} className="canvas-grid" aria-hidden="true" />;
}

function placeGrid(
  grid: HTMLDivElement | null,
  [x, y, zoom]: readonly [number, number, number],
): void {
  if (grid === null) return;
  const gap =
    gridGap * zoom * 2 ** Math.max(0, Math.ceil(Math.log2(closestDots / (gridGap * zoom))));
  const shift = (by: number) => (((by % gap) + gap) % gap) - gap / 2; // a dot is in the middle of its tile
  grid.style.transform = `translate(${toPixel(shift(x))}px, ${toPixel(shift(y))}px)`;
  const size = `${gap}px ${gap}px`;
  if (grid.style.backgroundSize !== size) grid.style.backgroundSize = size;
}
