import { Badge, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { reveal } from '../canvas/canvas-store.ts';
import { select } from '../document/selection-store.ts';
import { nodeOfProblem, useChecks } from './checks-store.ts';
import styles from './ProblemsPanel.module.css';

/** Every problem of the document; one click or Enter shows where it is. */
export function ProblemsPanel() {
  const problems = useChecks((checks) => checks.problems);
  if (problems.length === 0)
    return (
      <p className={styles.fine}>
        <IconCircleCheck size={17} color="var(--good)" aria-hidden="true" /> No problems. The graph
        can run.
      </p>
    );
  return (
    <ul className={styles.list}>
      {problems.map((problem) => {
        const nodeId = nodeOfProblem(problem);
        return (
          <li key={`${problem.path} ${problem.message}`}>
            <button
              type="button"
              className={styles.problem}
              disabled={nodeId === undefined}
              onClick={() => {
                if (nodeId === undefined) return;
                select([nodeId]);
                reveal([nodeId]);
              }}
            >
              <IconAlertTriangle size={15} color="var(--bad)" aria-hidden="true" />
              <Text component="span" size="sm" ff="monospace">
                {problem.path}
              </Text>
              <Text component="span" size="sm">
                {problem.message}
              </Text>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** The number of problems, beside the tab's title. */
export function ProblemCount() {
  const count = useChecks(({ problems }) => problems.length);
  if (count === 0) return null;
  return (
    <Badge size="sm" color="red" variant="filled" circle={count < 10}>
      {count}
    </Badge>
  );
}
