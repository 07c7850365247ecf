import { Tooltip } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconPlayerPlay,
  IconPlayerSkipForward,
} from '@tabler/icons-react';
import { nodeOfProblem, useChecks } from './checks-store.ts';
import styles from './PlanBadge.module.css';

const looks = {
  run: { icon: IconPlayerPlay, word: 'would run' },
  reuse: { icon: IconCircleCheck, word: 'reused' },
  skip: { icon: IconPlayerSkipForward, word: 'skipped' },
};

/** At the foot of a node: its first problem, or what would happen to it and why. */
export function PlanBadge({ nodeId }: { readonly nodeId: string }) {
  const problem = useChecks(
    ({ problems }) => problems.find((one) => nodeOfProblem(one) === nodeId)?.message,
  );
  const step = useChecks(({ plan }) => plan.get(nodeId));
  if (problem !== undefined)
    return (
      <Tooltip label={problem} multiline maw={320}>
        <span className={styles.problem}>
          <IconAlertTriangle size={13} aria-hidden="true" /> {problem}
        </span>
      </Tooltip>
    );
  if (step === undefined) return null;
  const { icon: Icon, word } = looks[step.type];
  return (
    <Tooltip label={`${word}: ${step.reason}`} multiline maw={320}>
      <span className={styles[step.type]}>
        <Icon size={13} aria-hidden="true" /> {word} · {step.reason}
      </span>
    </Tooltip>
  );
}
