/** Everything that the frame shows. To add a view, a tab or a badge, add it to this list. */
import {
  IconAdjustmentsHorizontal,
  IconAlertTriangle,
  IconListTree,
  IconSchema,
} from '@tabler/icons-react';
import { PlanBadge } from './checks/PlanBadge.tsx';
import { ProblemCount, ProblemsPanel } from './checks/ProblemsPanel.tsx';
import { CommandButtons } from './commands/CommandButtons.tsx';
import { CommandDialogs } from './commands/CommandDialogs.tsx';
import { FileDialogs } from './files/FileDialogs.tsx';
import { Inspector } from './inspector/Inspector.tsx';
import { Outline } from './outline/Outline.tsx';
import { AddMenu } from './palette/AddMenu.tsx';
import { EditView } from './shell/EditView.tsx';
import type { Panel } from './shell/panel.ts';

export const panels: readonly Panel[] = [
  { place: 'view', id: 'edit', title: 'Edit', icon: IconSchema, component: EditView },
  {
    place: 'side',
    id: 'inspector',
    title: 'Parameters',
    icon: IconAdjustmentsHorizontal,
    component: Inspector,
  },
  {
    place: 'drawer',
    id: 'problems',
    title: 'Problems',
    icon: IconAlertTriangle,
    component: ProblemsPanel,
    badge: ProblemCount,
  },
  { place: 'drawer', id: 'outline', title: 'Outline', icon: IconListTree, component: Outline },
  { place: 'header', id: 'commands', component: CommandButtons },
  { place: 'node', id: 'plan', component: PlanBadge },
  { place: 'background', id: 'files', component: FileDialogs },
  { place: 'background', id: 'commands', component: CommandDialogs },
  { place: 'background', id: 'add-menu', component: AddMenu },
];
