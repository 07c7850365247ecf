import type { RunStatus, RunSummary } from '@radiograph/api';
import { IconHistory } from '@tabler/icons-react';
import { Moment } from '../runs/Moment.tsx';
import { printDuration } from '../runs/print.ts';
import { useRuns } from '../runs/runs-store.ts';
import { statusLooks } from '../runs/status-looks.ts';
import { EmptyState } from '../shell/EmptyState.tsx';
import { chooseRun, useChosenRun } from './chosen-run.ts';
import { RunReport } from './RunReport.tsx';
import styles from './RunsView.module.css';

/** All runs, and the results of the chosen one. */
export function RunsView() {
  const history = useRuns((state) => state.history);
  const runId = useChosenRun();
  if (history.length === 0)
    return (
      <EmptyState icon={IconHistory} title="No run yet">
        Run the graph: what every step made, its curves, tables and images are kept here, and so is
        the graph of each run.
      </EmptyState>
    );
  return (
    <div className={styles.view}>
      <nav className={styles.history} aria-label="Run history">
        {history.map((run) => (
          <HistoryRow key={run.runId} run={run} isChosen={run.runId === runId} />
        ))}
      </nav>
      {runId !== null && <RunReport key={runId} runId={runId} />}
    </div>
  );
}

/** A step that has begun counts as failed until it ends; where the run did not fail, it was only stopped. */
const wordOf = (status: RunStatus): string => (status === 'failed' ? 'failed' : 'stopped');

function HistoryRow({ run, isChosen }: { readonly run: RunSummary; readonly isChosen: boolean }) {
  const { icon: Icon, color } = statusLooks[run.status];
  const { ran, reused, failed } = run.counts;
  return (
    <button
      type="button"
      className={styles.run}
      aria-current={isChosen ? 'true' : undefined}
      onClick={() => chooseRun(run.runId)}
    >
      <span style={{ color }} className={styles.icon} title={run.status}>
        <Icon size={16} />
      </span>
      <span className={styles.name}>{run.graph}</span>
      <span className={styles.soft}>
        <Moment iso={run.startedAt} />
      </span>
      <span className={styles.counts}>
        {run.status}
        {run.seconds !== null && ` in ${printDuration(run.seconds)}`} · {ran} ran, {reused} reused
        {failed > 0 && run.status !== 'running' && `, ${failed} ${wordOf(run.status)}`}
      </span>
    </button>
  );
}
