import { Button, Group, Loader, Text } from '@mantine/core';
import type { RunDetails } from '@radiograph/api';
import type { PortKind } from '@radiograph/graph';
import { IconEye, IconGitCompare, IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import { useCatalog } from '../catalog/catalog.ts';
import { compareStore } from '../compare/compare-store.ts';
import { Moment } from '../runs/Moment.tsx';
import { printDuration, readTimes } from '../runs/print.ts';
import { showView } from '../shell/frame-store.ts';
import { ArtifactView } from './ArtifactView.tsx';
import { useRunDetails, useRunResults } from './chosen-run.ts';
import styles from './RunsView.module.css';
import { restoreGraph } from './restore-graph.ts';
import { listOutputs, type Output, ResultContext, type ResultSet } from './result-set.ts';

/** Everything that one run made. */
export function RunReport({ runId }: { readonly runId: string }) {
  const details = useRunDetails(runId);
  const run = details.type === 'ready' ? details.value : undefined;
  const results = useRunResults(run);
  if (details.type === 'failed')
    return (
      <Text p="lg" c="var(--bad)">
        {details.message}
      </Text>
    );
  if (run === undefined || results === undefined)
    return (
      <div className={styles.report}>
        <Loader size="sm" aria-label="Reading the run" />
      </div>
    );
  return (
    <ResultContext value={results}>
      <Report run={run} results={results} />
    </ResultContext>
  );
}

/** These say most about a run; they are shown first, in this order. */
const highlights: readonly PortKind[] = ['scores', 'figure', 'table'];

function Report({ run, results }: { readonly run: RunDetails; readonly results: ResultSet }) {
  const catalog = useCatalog();
  const [nodeId, setNodeId] = useState<string | null>(null);
  const all = listOutputs(results, catalog);
  const shown =
    nodeId === null
      ? highlights.flatMap((kind) => all.filter((output) => output.kind === kind))
      : all.filter((output) => output.nodeId === nodeId);
  return (
    <section className={styles.report} aria-label={`Results of ${run.graph}`}>
      <Head run={run} />
      <div className={styles.steps} role="tablist" aria-label="Steps">
        <StepTab label="Highlights" isChosen={nodeId === null} onChoose={() => setNodeId(null)} />
        {Object.entries(run.steps).map(([id, { status, seconds }]) => (
          <StepTab
            key={id}
            label={results.document.nodes[id]?.label ?? id}
            note={noteOf(run, status, seconds)}
            isChosen={nodeId === id}
            onChoose={() => setNodeId(id)}
          />
        ))}
      </div>
      <div className={styles.cards}>
        {shown.map((output) => (
          <Card key={`${output.nodeId}.${output.port}`} output={output} results={results} />
        ))}
        {shown.length === 0 && (
          <Text size="sm" c="var(--soft)">
            {nodeId === null
              ? 'This run made no scores, figures or tables; choose a step to see what it made.'
              : readTimes(run.steps[nodeId]?.reason ?? 'Nothing was made.')}
          </Text>
        )}
      </div>
    </section>
  );
}

function Card({ output, results }: { readonly output: Output; readonly results: ResultSet }) {
  return (
    <div className={styles.card} data-kind={output.kind}>
      <p className={styles.owner}>
        {results.document.nodes[output.nodeId]?.label ?? output.nodeId}
      </p>
      <ArtifactView output={output} />
    </div>
  );
}

/** A step that has begun counts as failed until it ends: the process may be killed. */
function noteOf(run: RunDetails, status: string, seconds: number): string {
  if (status === 'ran') return printDuration(seconds);
  if (status !== 'failed' || run.status === 'failed') return status;
  return run.status === 'running' ? 'running' : 'stopped';
}

type StepTabProps = {
  readonly label: string;
  readonly note?: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
};

function StepTab({ label, note, isChosen, onChoose }: StepTabProps) {
  return (
    <button
      type="button"
      role="tab"
      aria-selected={isChosen}
      className={styles.step}
      onClick={onChoose}
    >
      {label} {note !== undefined && <span className={styles.soft}>{note}</span>}
    </button>
  );
}

function Head({ run }: { readonly run: RunDetails }) {
  return (
    <header className={styles.head}>
      <div>
        <h2 className={styles.title}>{run.graph}</h2>
        <Text size="sm" c="var(--soft)">
          {run.status} · <Moment iso={run.startedAt} />
          {run.seconds !== null && ` · ${printDuration(run.seconds)}`} · run {run.runId}
        </Text>
        {run.error && (
          <Text size="sm" c={run.status === 'canceled' ? 'var(--soft)' : 'var(--bad)'}>
            {run.error}
          </Text>
        )}
      </div>
      <Group gap="xs">
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconEye size={15} />}
          onClick={() => showView('viewer')}
        >
          Look at the images
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconGitCompare size={15} />}
          onClick={() => {
            compareStore.setState({ b: run.runId });
            showView('compare');
          }}
        >
          Compare
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconHistory size={15} />}
          onClick={() => void restoreGraph(run)}
        >
          Restore the graph
        </Button>
      </Group>
    </header>
  );
}
