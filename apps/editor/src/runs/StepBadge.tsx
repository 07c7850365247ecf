import {
  IconAlertTriangle,
  IconCircleCheck,
  IconClock,
  IconLoader2,
  IconPlayerStop,
} from '@tabler/icons-react';
import { useChecks } from '../checks/checks-store.ts';
import { PlanBadge } from '../checks/PlanBadge.tsx';
import { HoverTip } from '../shell/HoverTip.tsx';
import { printDuration, printSeconds, readTimes } from './print.ts';
import type { StepState } from './run-state.ts';
import { shownRun, useRuns, useStep } from './runs-store.ts';
import styles from './StepBadge.module.css';

/** At the foot of a node: how it stands in the run that goes on or failed, else what would happen to it. */
export function StepBadge({ nodeId }: { readonly nodeId: string }) {
  const step = useStep(nodeId);
  const isRunning = useRuns((state) => shownRun(state)?.status === 'running');
  const isPlanned = useChecks(({ plan }) => plan.get(nodeId)?.type !== 'run');
  if (isRunning) return step === undefined ? <Waiting /> : <Live step={step} />;
  // A failure stays on the node until an edit changes what would run.
  if (step?.status === 'failed' && !isPlanned) return <Live step={step} />;
  if (step?.status === 'stopped') return <Live step={step} />;
  return <PlanBadge nodeId={nodeId} />;
}

function Waiting() {
  return (
    <span className={styles.waiting}>
      <IconClock size={13} aria-hidden="true" /> waiting
    </span>
  );
}

function Live({ step }: { readonly step: StepState }) {
  const Look = looks[step.status];
  return <Look {...step} />;
}

const Progress = ({ progress }: StepState) => {
  const share = progress === null ? 0 : progress.done / progress.total;
  return (
    <span className={styles.running}>
      <span className={styles.bar} style={{ width: `${share * 100}%` }} />
      <IconLoader2 size={13} className={styles.spin} aria-hidden="true" />
      <span className={styles.words}>
        {progress === null ? 'running' : `${Math.floor(share * 100)} %`}
        {progress?.secondsLeft != null && ` · ${printSeconds(progress.secondsLeft)} left`}
      </span>
    </span>
  );
};

const Ran = ({ seconds }: StepState) => (
  <span className={styles.good}>
    <IconCircleCheck size={13} aria-hidden="true" /> ran
    {seconds !== null && ` in ${printDuration(seconds)}`}
  </span>
);

const Reused = ({ reason }: StepState) => (
  <span className={styles.good} title={readTimes(reason)}>
    <IconCircleCheck size={13} aria-hidden="true" /> reused
  </span>
);

const Failed = ({ error }: StepState) => (
  <HoverTip label={error}>
    <span className={styles.bad}>
      <IconAlertTriangle size={13} aria-hidden="true" /> {error ?? 'failed'}
    </span>
  </HoverTip>
);

const Skipped = ({ reason }: StepState) => (
  <span className={styles.waiting} title={readTimes(reason)}>
    skipped · {readTimes(reason)}
  </span>
);

const Stopped = () => (
  <span className={styles.waiting}>
    <IconPlayerStop size={13} aria-hidden="true" /> stopped
  </span>
);

const looks: { readonly [S in StepState['status']]: (step: StepState) => React.ReactNode } = {
  running: Progress,
  ran: Ran,
  reused: Reused,
  skipped: Skipped,
  failed: Failed,
  stopped: Stopped,
};
