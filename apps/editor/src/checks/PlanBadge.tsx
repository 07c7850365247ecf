import {
  IconAlertTriangle,
  IconCircleCheck,
  IconPlayerPlay,
  IconPlayerSkipForward,
} from '@tabler/icons-react';
import { useAgo } from '../runs/Moment.tsx';
import { findTime, readTimes } from '../runs/print.ts';
import { HoverTip } from '../shell/HoverTip.tsx';
import { firstProblems, useChecks } from './checks-store.ts';
import styles from './PlanBadge.module.css';

const looks = {
  run: { icon: IconPlayerPlay, word: 'would run' },
  reuse: { icon: IconCircleCheck, word: 'reused' },
  skip: { icon: IconPlayerSkipForward, word: 'skipped' },
};

/** At the foot of a node: its first problem, or what would happen to it and why. */
export function PlanBadge({ nodeId }: { readonly nodeId: string }) {
  const problem = useChecks(({ problems }) => firstProblems(problems).get(nodeId)?.message);
  const step = useChecks(({ plan }) => plan.get(nodeId));
  if (problem !== undefined)
    return (
      <HoverTip label={problem}>
        <span className={styles.problem}>
          <IconAlertTriangle size={13} aria-hidden="true" /> {problem}
        </span>
      </HoverTip>
    );
  if (step === undefined) return null;
  const { icon: Icon, word } = looks[step.type];
  const made = step.type === 'reuse' ? findTime(step.reason) : undefined;
  return (
    <HoverTip label={`${word}: ${readTimes(step.reason)}`}>
      <span className={styles[step.type]}>
        <Icon size={13} aria-hidden="true" /> {word} ·{' '}
        {made === undefined ? readTimes(step.reason) : <MadeAgo iso={made} />}
      </span>
    </HoverTip>
  );
}

const MadeAgo = ({ iso }: { readonly iso: string }) => <>made {useAgo(iso)}</>;
