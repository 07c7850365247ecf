import { Button, Loader, Text } from '@mantine/core';
import type { SweepHead } from '@radiograph/api';
import { printNumber } from '@radiograph/statistics/words';
import { IconPlayerPlay, IconTableShare } from '@tabler/icons-react';
import { useState } from 'react';
import rows from '../results/RunsView.module.css';
import { Moment } from '../runs/Moment.tsx';
import { statusLooks } from '../runs/status-looks.ts';
import { EmptyState } from '../shell/EmptyState.tsx';
import { StartSweep } from './StartSweep.tsx';
import { SweepReport } from './SweepReport.tsx';
import styles from './Sweeps.module.css';
import { chooseSweep, useSweeps } from './sweeps-store.ts';

/** All sweeps of the workspace, and the cells and arms of the chosen one. */
export function SweepsView() {
  const { sweeps, problem, chosenId } = useSweeps();
  const [isStarting, setStarting] = useState(false);
  const dialog = isStarting && <StartSweep onClose={() => setStarting(false)} />;
  const start = (
    <Button
      size="compact-sm"
      leftSection={<IconPlayerPlay size={14} />}
      onClick={() => setStarting(true)}
    >
      Start a sweep
    </Button>
  );
  if (sweeps === undefined)
    return (
      <div className={styles.report}>
        {problem === null ? (
          <Loader size="sm" aria-label="Reading the sweeps" />
        ) : (
          <Text c="var(--bad)">{problem}</Text>
        )}
      </div>
    );
  const chosen = sweeps.find(({ sweepId }) => sweepId === chosenId) ?? sweeps[0];
  if (chosen === undefined)
    return (
      <EmptyState icon={IconTableShare} title="No sweep yet">
        Give the graph an axis (V), or sweep a parameter: every combination runs, what they share
        only once, and the arms are compared here.
        <p>{start}</p>
        {dialog}
      </EmptyState>
    );
  return (
    <div className={rows.view}>
      <nav className={rows.history} aria-label="Sweeps">
        <div className={styles.start}>{start}</div>
        {dialog}
        {sweeps.map((sweep) => (
          <SweepRow key={sweep.sweepId} sweep={sweep} isChosen={sweep === chosen} />
        ))}
      </nav>
      <SweepReport key={chosen.sweepId} sweep={chosen} />
    </div>
  );
}

function SweepRow({ sweep, isChosen }: { readonly sweep: SweepHead; readonly isChosen: boolean }) {
  const { icon: Icon, color } = statusLooks[sweep.status];
  return (
    <button
      type="button"
      className={rows.run}
      aria-current={isChosen ? 'true' : undefined}
      onClick={() => chooseSweep(sweep.sweepId)}
    >
      <span style={{ color }} className={rows.icon} title={sweep.status}>
        <Icon size={16} />
      </span>
      <span className={rows.name} title={sweep.graph}>
        {sweep.graph}
      </span>
      <span className={rows.soft}>
        <Moment iso={sweep.startedAt} />
      </span>
      <span className={rows.counts}>
        {sweep.status} · {sweep.done} of {sweep.cells} cells
        {sweep.failed > 0 && `, ${sweep.failed} failed`}
        <br />
        {printAxes(sweep)}
        {sweep.best !== null && (
          <>
            <br />
            highest: {sweep.best.arm}, mIoU {printNumber(sweep.best.mean)}
            {sweep.seeds.length === 1 && ' (one seed)'}
          </>
        )}
      </span>
    </button>
  );
}

/** `rho (5 values) × supervision (2) · 3 seeds`. */
function printAxes({ axes, seeds }: SweepHead): string {
  const names = Object.entries(axes).map(([axis, { length }]) => `${axis} (${length} values)`);
  const words = names.join(' × ') || 'one graph';
  return seeds.length > 1 ? `${words} · ${seeds.length} seeds` : words;
}
