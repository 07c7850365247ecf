import { ActionIcon, Button, Group, Text, Tooltip } from '@mantine/core';
import type { QueueState } from '@radiograph/api';
import {
  IconArrowUp,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconX,
} from '@tabler/icons-react';
import { useStore } from 'zustand';
import { reveal } from '../canvas/canvas-store.ts';
import { useDocument } from '../document/document-store.ts';
import { select, useSelection } from '../document/selection-store.ts';
import { connection } from '../server/activity.ts';
import { server } from '../server/client.ts';
import { Moment } from './Moment.tsx';
import { printClock, printDuration, printRate, printSeconds, readTimes } from './print.ts';
import styles from './RunPanel.module.css';
import type { RunState, StepState } from './run-state.ts';
import { shownRun, useRuns } from './runs-store.ts';

/** The queue, the steps of the shown run, and the log. */
export function RunPanel() {
  const queue = useRuns((state) => state.queue);
  const run = useRuns(shownRun);
  return (
    <div className={styles.panel}>
      <Queue {...queue} />
      <Steps run={run} />
      <Log run={run} />
    </div>
  );
}

function Queue({ isPaused, runs }: QueueState) {
  const isOnline = useStore(connection, (state) => state.isOnline);
  return (
    <section aria-label="Queue" className={styles.column}>
      <Group justify="space-between" mb={4}>
        <Text component="h2" className={styles.title}>
          Queue
        </Text>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={isPaused ? <IconPlayerPlay size={12} /> : <IconPlayerPause size={12} />}
          onClick={() => void server.queue.pause({ body: { isPaused: !isPaused } })}
        >
          {isPaused ? 'Continue' : 'Pause'}
        </Button>
      </Group>
      {!isOnline && (
        <Text size="sm" c="var(--bad)">
          The server does not answer. The run goes on when it is back.
        </Text>
      )}
      {runs.length === 0 && (
        <Text size="sm" c="var(--soft)">
          {isPaused ? 'Paused: new runs wait here.' : 'Nothing runs.'}
        </Text>
      )}
      <ol className={styles.queue}>
        {runs.map((entry, index) => (
          <QueueRow key={entry.id} entry={entry} canRise={index > 0} />
        ))}
      </ol>
    </section>
  );
}

type QueueRowProps = {
  readonly entry: QueueState['runs'][number];
  readonly canRise: boolean;
};

function QueueRow({ entry, canRise }: QueueRowProps) {
  const { id, name, status, only, addedAt } = entry;
  const isWaiting = status === 'waiting';
  return (
    <li className={styles.entry}>
      <span className={styles.grow}>
        <b>{name}</b>
        <span className={styles.soft}>
          {status} · {only === null ? 'all' : `${only.length} nodes`} · <Moment iso={addedAt} />
        </span>
      </span>
      {isWaiting && canRise && (
        <Tooltip label="Run next">
          <ActionIcon
            size="sm"
            aria-label={`Run ${name} next`}
            onClick={() => void server.queue.move({ params: { id }, body: { place: 0 } })}
          >
            <IconArrowUp size={14} />
          </ActionIcon>
        </Tooltip>
      )}
      <Tooltip label={isWaiting ? 'Take out of the queue' : 'Stop'}>
        <ActionIcon
          size="sm"
          aria-label={isWaiting ? `Take ${name} out` : `Stop ${name}`}
          onClick={() => void server.queue.cancel({ params: { id }, body: {} })}
        >
          {isWaiting ? <IconX size={14} /> : <IconPlayerStop size={14} />}
        </ActionIcon>
      </Tooltip>
    </li>
  );
}

function Steps({ run }: { readonly run: RunState | undefined }) {
  return (
    <section aria-label="Steps" className={styles.column}>
      <Text component="h2" className={styles.title} mb={4}>
        {run === undefined ? 'Steps' : `Steps of run ${run.runId}`}
      </Text>
      {run === undefined && (
        <Text size="sm" c="var(--soft)">
          This graph has not run yet. Run starts it; what would run, and why, is at the foot of each
          node.
        </Text>
      )}
      {run?.error && (
        <Text size="sm" c={run.status === 'canceled' ? 'var(--soft)' : 'var(--bad)'}>
          {run.error}
        </Text>
      )}
      <ul className={styles.steps}>
        {[...(run?.steps ?? [])].toSorted(byActivity).map(([id, step]) => (
          <StepRow key={id} id={id} step={step} />
        ))}
      </ul>
    </section>
  );
}

/** What runs is in sight; the others stay in their order. */
const byActivity = ([, a]: readonly [string, StepState], [, b]: readonly [string, StepState]) =>
  Number(b.status === 'running') - Number(a.status === 'running');

function StepRow({ id, step }: { readonly id: string; readonly step: StepState }) {
  const label = useDocument(({ document }) => document.nodes[id]?.label ?? id);
  const { progress, status, seconds, reason } = step;
  const share = progress === null ? 0 : progress.done / progress.total;
  return (
    <li>
      <button
        type="button"
        className={styles.step}
        onClick={() => {
          select([id]);
          reveal([id]);
        }}
      >
        <span className={styles.name}>{label}</span>
        <span className={styles[status]}>{status}</span>
        {status === 'running' && progress !== null ? (
          <>
            <progress
              className={styles.progress}
              value={share}
              aria-label={`${label} is done to`}
            />
            <span className={styles.soft}>
              {progress.done} of {progress.total} {progress.unit}
              {progress.rate !== null && ` · ${printRate(progress.rate)}/s`}
              {progress.secondsLeft !== null && ` · ${printSeconds(progress.secondsLeft)} left`}
            </span>
          </>
        ) : (
          <span className={styles.soft}>
            {seconds === null ? '' : `${printDuration(seconds)} · `}
            {step.error ?? readTimes(reason)}
          </span>
        )}
      </button>
    </li>
  );
}

/** Lines of the selected nodes, or of all. */
function Log({ run }: { readonly run: RunState | undefined }) {
  const selected = useSelection((selection) => selection.nodes);
  const all = [...(run?.steps ?? [])];
  const chosen = all.filter(([id]) => selected.has(id));
  const lines = (chosen.length > 0 ? chosen : all)
    .flatMap(([id, { log }]) => log.map((line) => ({ id, ...line })))
    .sort((a, b) => a.time.localeCompare(b.time));
  return (
    <section aria-label="Log" className={styles.column}>
      <Text component="h2" className={styles.title} mb={4}>
        Log{chosen.length > 0 && ` of ${chosen.map(([id]) => id).join(', ')}`}
      </Text>
      {lines.length === 0 && (
        <Text size="sm" c="var(--soft)">
          No lines yet.
        </Text>
      )}
      <ol className={styles.log}>
        {lines.map(({ id, time, message }) => (
          <li key={`${time} ${id} ${message}`}>
            <time dateTime={time}>{printClock(time)}</time> <b>{id}</b> {message}
          </li>
        ))}
      </ol>
    </section>
  );
}
