import { ActionIcon, Button, Group, Menu, Text, Tooltip } from '@mantine/core';
import { closureOf } from '@radiograph/graph';
import {
  IconArrowBarToRight,
  IconArrowRightBar,
  IconChevronDown,
  IconPlayerPlayFilled,
  IconPlayerStopFilled,
} from '@tabler/icons-react';
import { useChecks } from '../checks/checks-store.ts';
import { printKeys } from '../commands/keyboard.ts';
import { useDocument } from '../document/document-store.ts';
import { useSelection } from '../document/selection-store.ts';
import { frameStore, showView } from '../shell/frame-store.ts';
import styles from './RunButtons.module.css';
import { shareDone } from './run-state.ts';
import { shownRun, useActiveEntry, useRuns } from './runs-store.ts';
import { startRun, stopRun } from './start-run.ts';

/** Run and its choices; while the open graph runs: how far it is, and Stop. */
export function RunButtons() {
  const entry = useActiveEntry();
  return entry === undefined ? <RunMenu /> : <Running status={entry.status} />;
}

function RunMenu() {
  const plan = useChecks((checks) => checks.plan);
  const hasProblems = useChecks(({ problems }) => problems.length > 0);
  const count = [...plan.values()].filter(({ type }) => type === 'run').length;
  const isEmpty = useDocument(({ document }) => Object.keys(document.nodes).length === 0);
  const explain = isEmpty
    ? 'The graph is empty'
    : hasProblems
      ? 'The graph has problems'
      : count === 0
        ? 'Every step is stored already: nothing would run'
        : `${count} of ${plan.size} steps would run; the others are reused`;
  return (
    <Button.Group>
      <Tooltip label={explain}>
        <Button
          size="compact-sm"
          className={styles.run}
          leftSection={<IconPlayerPlayFilled size={13} aria-hidden="true" />}
          onClick={() => void startRun('all')}
        >
          Run
        </Button>
      </Tooltip>
      <Menu position="bottom-end" width={300}>
        <Menu.Target>
          <Button size="compact-sm" className={styles.more} aria-label="More ways to run">
            <IconChevronDown size={14} aria-hidden="true" />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Choices />
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  );
}

function Choices() {
  const { nodes, edges } = useDocument(({ document }) => document);
  const selected = useSelection((selection) => selection.nodes);
  const ids = [...selected].filter((id) => id in nodes);
  const none = ids.length === 0;
  const after = closureOf(edges, ids, 'after');
  const toHere = closureOf(edges, ids, 'before');
  const fromHere = closureOf(edges, [...after], 'before');
  return (
    <>
      <Menu.Item
        leftSection={<IconPlayerPlayFilled size={15} />}
        rightSection={<Keys keys="mod+Enter" />}
        onClick={() => void startRun('all')}
      >
        Run everything
        <Forecast ids={new Set(Object.keys(nodes))} />
      </Menu.Item>
      <Menu.Item
        disabled={none}
        leftSection={<IconArrowBarToRight size={15} />}
        rightSection={<Keys keys="Shift+Enter" />}
        onClick={() => void startRun('to-here')}
      >
        Run to the selection
        {none ? <Hint /> : <Forecast ids={toHere} />}
      </Menu.Item>
      <Menu.Item
        disabled={none}
        leftSection={<IconArrowRightBar size={15} />}
        onClick={() => void startRun('from-here')}
      >
        Run from the selection
        {none ? <Hint /> : <Forecast ids={fromHere} />}
      </Menu.Item>
    </>
  );
}

const Hint = () => (
  <Text size="xs" c="var(--soft)">
    Select a node first
  </Text>
);

/** What of these steps would run, before anything is pressed. */
function Forecast({ ids }: { readonly ids: ReadonlySet<string> }) {
  const plan = useChecks((checks) => checks.plan);
  const types = [...ids].flatMap((id) => plan.get(id)?.type ?? []);
  const count = (type: string) => types.filter((one) => one === type).length;
  if (types.length === 0) return null;
  return (
    <Text size="xs" c="var(--soft)">
      {count('run')} would run, {count('reuse')} reused
      {count('skip') > 0 && `, ${count('skip')} skipped`}
    </Text>
  );
}

function Keys({ keys }: { readonly keys: string }) {
  return (
    <Text size="xs" c="var(--soft)">
      {printKeys(keys).join(' ')}
    </Text>
  );
}

const words = { waiting: 'Waiting', running: 'Running', canceling: 'Stopping' };

function Running({ status }: { readonly status: keyof typeof words }) {
  const run = useRuns(shownRun);
  const isRunning = run !== undefined && run.status === 'running' && status !== 'waiting';
  const share = isRunning ? shareDone(run) : 0;
  const done = isRunning ? [...run.steps.values()].filter(isOver).length : 0;
  const openPanel = () => {
    showView('edit');
    frameStore.setState({ drawerTab: 'run' });
  };
  return (
    <Group gap={4} wrap="nowrap">
      <Tooltip label="Show the steps, the queue and the log">
        <button type="button" className={styles.running} onClick={openPanel}>
          <span className={styles.bar} style={{ width: `${share * 100}%` }} />
          <span className={styles.text}>
            {words[status]}
            {isRunning && ` · ${done} of ${run.stepCount}`}
          </span>
        </button>
      </Tooltip>
      <Tooltip label="Stop the run; what is finished is kept">
        <ActionIcon
          aria-label="Stop the run"
          variant="light"
          color="red"
          data-disabled={status === 'canceling'}
          onClick={() => void stopRun()}
        >
          <IconPlayerStopFilled size={15} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

const isOver = ({ status }: { readonly status: string }) => status !== 'running';
