import { useStore } from '@xyflow/react';
import { useEffect } from 'react';

/** Far away, ports and small text are left out: they cannot be read and cost the most to draw. */
export function DetailLevel() {
  const level = useStore(({ transform: [, , zoom] }) =>
    zoom < 0.18 ? 'very-far' : zoom < 0.32 ? 'far' : 'near',
  );
  const dom = useStore((state) => state.domNode);
  useEffect(() => {
    dom?.classList.toggle('far', level !== 'near');
    dom?.classList.toggle('very-far', level === 'very-far');
  }, [dom, level]);
  return null;
}
