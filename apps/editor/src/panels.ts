/** Everything that the frame shows. To add a view, a tab or a badge, add it to this list. */
import {
  IconAdjustmentsHorizontal,
  IconAlertTriangle,
  IconChartHistogram,
  IconEye,
  IconGitCompare,
  IconHistory,
  IconListTree,
  IconPlayerPlay,
  IconSchema,
  IconTableShare,
} from '@tabler/icons-react';
import { ProblemCount, ProblemsPanel } from './checks/ProblemsPanel.tsx';
import { CommandButtons } from './commands/CommandButtons.tsx';
import { CommandDialogs } from './commands/CommandDialogs.tsx';
import { FileDialogs } from './files/FileDialogs.tsx';
import { Inspector } from './inspector/Inspector.tsx';
import { Outline } from './outline/Outline.tsx';
import { AddMenu } from './palette/AddMenu.tsx';
import { RunButtons } from './runs/RunButtons.tsx';
import { RunFollower } from './runs/RunFollower.tsx';
import { StepBadge } from './runs/StepBadge.tsx';
import { EditView } from './shell/EditView.tsx';
import { lazyPanel } from './shell/lazy-panel.tsx';
import type { Panel } from './shell/panel.ts';

export const panels: readonly Panel[] = [
  { place: 'view', id: 'edit', title: 'Edit', icon: IconSchema, component: EditView },
  {
    place: 'view',
    id: 'runs',
    title: 'Runs',
    icon: IconHistory,
    component: lazyPanel(async () => (await import('./results/RunsView.tsx')).RunsView),
  },
  {
    place: 'view',
    id: 'sweeps',
    title: 'Sweeps',
    icon: IconTableShare,
    component: lazyPanel(async () => (await import('./sweeps/SweepsView.tsx')).SweepsView),
  },
  {
    place: 'view',
    id: 'viewer',
    title: 'Viewer',
    icon: IconEye,
    component: lazyPanel(async () => (await import('./viewer/ViewerView.tsx')).ViewerView),
  },
  {
    place: 'view',
    id: 'compare',
    title: 'Compare',
    icon: IconGitCompare,
    component: lazyPanel(async () => (await import('./compare/CompareView.tsx')).CompareView),
  },
  {
    place: 'side',
    id: 'inspector',
    title: 'Parameters',
    icon: IconAdjustmentsHorizontal,
    component: Inspector,
  },
  {
    place: 'side',
    id: 'results',
    title: 'Results',
    icon: IconChartHistogram,
    component: lazyPanel(async () => (await import('./results/ResultsPanel.tsx')).ResultsPanel),
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
  {
    place: 'drawer',
    id: 'run',
    title: 'Run',
    icon: IconPlayerPlay,
    component: lazyPanel(async () => (await import('./runs/RunPanel.tsx')).RunPanel),
  },
  { place: 'header', id: 'commands', component: CommandButtons },
  { place: 'header', id: 'run', component: RunButtons },
  { place: 'node', id: 'step', component: StepBadge },
  {
    place: 'preview',
    id: 'result',
    component: lazyPanel(async () => (await import('./results/NodePreview.tsx')).NodePreview, {
      isSilent: true,
    }),
  },
  { place: 'background', id: 'runs', component: RunFollower },
  { place: 'background', id: 'files', component: FileDialogs },
  { place: 'background', id: 'commands', component: CommandDialogs },
  { place: 'background', id: 'add-menu', component: AddMenu },
];
