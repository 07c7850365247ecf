/** How the state of a run or a sweep looks in a list. */

import type { RunStatus } from '@radiograph/api';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconLoader2,
  IconPlayerStop,
  IconPlugX,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';

export const statusLooks: {
  readonly [S in RunStatus]: {
    readonly icon: ComponentType<{ size: number }>;
    readonly color: string;
  };
} = {
  done: { icon: IconCircleCheck, color: 'var(--good)' },
  failed: { icon: IconAlertTriangle, color: 'var(--bad)' },
  canceled: { icon: IconPlayerStop, color: 'var(--soft)' },
  running: { icon: IconLoader2, color: 'var(--accent)' },
  interrupted: { icon: IconPlugX, color: 'var(--warn)' },
};
