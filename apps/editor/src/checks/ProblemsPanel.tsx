import { Badge, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { reveal } from '../canvas/canvas-store.ts';
import { useDocument } from '../document/document-store.ts';
import { select } from '../document/selection-store.ts';
import { nodeOfProblem, useChecks } from './checks-store.ts';
import styles from './ProblemsPanel.module.css';

/** Every problem of the document; one click or Enter shows where it is. */
export function ProblemsPanel() {
  const problems = useChecks((checks) => checks.problems);
  if (problems.length === 0) return <Fine />;
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

/** Without a problem: the graph can run, has nothing to run, or was not looked at. */
function Fine() {
  const failure = useChecks((checks) => checks.failure);
  const checked = useChecks((checks) => checks.document);
  const document = useDocument((state) => state.document);
  if (failure !== null)
    return (
      <p className={styles.fine} role="alert">
        <IconAlertTriangle size={17} color="var(--bad)" aria-hidden="true" /> The graph could not be
        checked: {failure}
      </p>
    );
  if (checked !== document) return <p className={styles.fine}>Checking …</p>;
  if (Object.values(document.nodes).every(({ disabled }) => disabled === true))
    return <p className={styles.fine}>Nothing to run: the graph has no enabled node.</p>;
  return (
    <p className={styles.fine}>
      <IconCircleCheck size={17} color="var(--good)" aria-hidden="true" /> No problems. The graph
      can run.
    </p>
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
