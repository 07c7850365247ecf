import { useStore } from '@xyflow/react';
import { useEffect } from 'react';
import { canvasStore } from './canvas-store.ts';

/** Zooms below which each class is set; StepNode.module.css says what it leaves out. */
const levels = { mid: 0.62, far: 0.32, 'very-far': 0.18 };

/** Farther away titles grow, and small text and ports are left out: they cannot be read and cost the most to draw. */
export function DetailLevel() {
  const depth = useStore(({ transform: [, , zoom], fitViewQueued, width }) =>
    // The zoom before the first fit says nothing.
    fitViewQueued || width === 0
      ? undefined
      : Object.values(levels).filter((below) => zoom < below).length,
  );
  const dom = useStore((state) => state.domNode);
  useEffect(() => {
    if (depth === undefined) return;
    Object.keys(levels).forEach((name, index) => {
      dom?.classList.toggle(name, index < depth);
    });
    canvasStore.setState({ isFar: depth >= 2 });
  }, [dom, depth]);
  useEffect(() => () => canvasStore.setState({ isFar: null, hovered: null }), []);
  return null;
}
