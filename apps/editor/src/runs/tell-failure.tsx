import { Button, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { QueueState } from '@radiograph/api';
import { reveal } from '../canvas/canvas-store.ts';
import { documentStore } from '../document/document-store.ts';
import { select } from '../document/selection-store.ts';
import { chooseRun } from '../results/chosen-run.ts';
import { listenToActivity } from '../server/activity.ts';
import { announce } from '../shell/announce.ts';
import { showSideTab, showView } from '../shell/frame-store.ts';
import type { RunState } from './run-state.ts';
import { runsStore } from './runs-store.ts';

/** Says why runs failed or could not begin, whatever is on the screen; call once. */
export function tellFailures(): () => void {
  const stopListening = listenToActivity((message) => {
    if (message.type === 'run-refused') tell(`${message.name} could not begin`, message.message);
  });
  const stopWatching = runsStore.subscribe(({ runs, queue }, before) => {
    if (runs === before.runs) return;
    for (const run of runs.values())
      if (run.status === 'failed' && before.runs.get(run.runId)?.status === 'running')
        tellFailure(
          run,
          queue.runs.find(({ runId }) => runId === run.runId),
        );
  });
  return () => {
    stopListening();
    stopWatching();
  };
}

function tell(title: string, message: string): void {
  announce(`${title}. ${message}`);
  notifications.show({ color: 'red', title, message, autoClose: false });
}

/** Leads to the node that failed. */
function tellFailure(run: RunState, entry: QueueState['runs'][number] | undefined): void {
  const [nodeId] = [...run.steps].find(([, { status }]) => status === 'failed') ?? [];
  const name = entry?.name ?? 'A run';
  announce(`${name} failed. ${run.error ?? ''}`);
  notifications.show({
    id: run.runId,
    color: 'red',
    title: `${name} failed`,
    autoClose: false,
    message: (
      <>
        <Text size="sm">{run.error}</Text>
        <Button
          size="compact-sm"
          variant="light"
          mt="xs"
          onClick={() => {
            notifications.hide(run.runId);
            goTo(
              run.runId,
              entry?.path === documentStore.getState().file.path ? nodeId : undefined,
            );
          }}
        >
          {nodeId === undefined ? 'Show the run' : `Show ${nodeId}`}
        </Button>
      </>
    ),
  });
}

/** The node on the canvas, if the failed graph is the open one and still has it; else the run's own page. */
function goTo(runId: string, nodeId: string | undefined): void {
  if (nodeId === undefined || !(nodeId in documentStore.getState().document.nodes)) {
    chooseRun(runId);
    showView('runs');
    return;
  }
  showView('edit');
  showSideTab('results');
  select([nodeId]);
  reveal([nodeId]);
}
