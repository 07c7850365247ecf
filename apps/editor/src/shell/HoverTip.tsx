import { Tooltip } from '@mantine/core';
import { cloneElement, type ReactElement, useState } from 'react';

type HoverTipProps = {
  readonly label: React.ReactNode;
  readonly children: ReactElement<{ onPointerEnter?: () => void }>;
};

/** A tooltip that is made when the pointer first comes: for things that are on the page hundreds of times. */
export function HoverTip({ label, children }: HoverTipProps) {
  const [isWanted, setWanted] = useState(false);
  if (!isWanted) return cloneElement(children, { onPointerEnter: () => setWanted(true) });
  return (
    <Tooltip label={label} defaultOpened multiline maw={360}>
      {children}
    </Tooltip>
  );
}
