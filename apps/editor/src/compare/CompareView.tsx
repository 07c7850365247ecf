import { SegmentedControl, Select, Text } from '@mantine/core';
import { IconGitCompare } from '@tabler/icons-react';
import { useState } from 'react';
import { useCatalog } from '../catalog/catalog.ts';
import { useRunDetails, useRunResults } from '../results/chosen-run.ts';
import { listOutputs, type ResultSet } from '../results/result-set.ts';
import { printMoment } from '../runs/print.ts';
import { useRuns } from '../runs/runs-store.ts';
import { server } from '../server/client.ts';
import { createReader } from '../server/create-reader.ts';
import { EmptyState } from '../shell/EmptyState.tsx';
import { AxisTable } from './AxisTable.tsx';
import styles from './Compare.module.css';
import { compareStore, useCompare } from './compare-store.ts';
import { Differences } from './Differences.tsx';
import { ImagePair } from './ImagePair.tsx';

/** Two runs against each other, or all combinations of the open graph's variants. */
export function CompareView() {
  const [tab, setTab] = useState('pair');
  return (
    <div className={styles.view}>
      <SegmentedControl
        size="xs"
        aria-label="What to compare"
        value={tab}
        data={[
          { value: 'pair', label: 'Two runs' },
          { value: 'axes', label: 'By axis' },
        ]}
        onChange={setTab}
      />
      {tab === 'pair' ? <Pair /> : <AxisTable onCompare={() => setTab('pair')} />}
    </div>
  );
}

/** A side is `run node`: the scores that a node of a run made. */
function sideOf(text: string): { readonly runId: string; readonly nodeId: string } {
  const [runId = '', nodeId = ''] = text.split(' ');
  return { runId, nodeId };
}

const usePair = createReader((key: string) => {
  const [a = '', b = ''] = key.split('|');
  return server.compare.runs({ body: { a: sideOf(a), b: sideOf(b) } });
});

function Pair() {
  const { a: wishedA, b: wishedB } = useCompare();
  const history = useRuns((state) => state.history).filter(({ status }) => status === 'done');
  const runB = wishedB ?? history[0]?.runId ?? null;
  const graph = history.find(({ runId }) => runId === runB)?.graph;
  const others = history.filter(({ runId }) => runId !== runB);
  const runA = wishedA ?? (others.find((run) => run.graph === graph) ?? others[0])?.runId ?? null;
  const a = useSide(runA);
  const b = useSide(runB);
  const isReady = a.nodeId !== undefined && b.nodeId !== undefined;
  const pair = usePair(isReady ? `${runA} ${a.nodeId}|${runB} ${b.nodeId}` : null);
  const [imageId, setImageId] = useState<string | null>(null);
  if (history.length < 2)
    return (
      <EmptyState icon={IconGitCompare} title="Two finished runs are needed">
        Change a parameter and run again: what did not change is reused, and the difference is shown
        here with its interval.
      </EmptyState>
    );
  return (
    <>
      <div className={styles.sides}>
        <RunSelect
          label="a, the baseline"
          value={runA}
          onChange={(id) => compareStore.setState({ a: id })}
        />
        <RunSelect
          label="b, compared with it"
          value={runB}
          onChange={(id) => compareStore.setState({ b: id })}
        />
      </div>
      {!isReady && a.results && b.results && (
        <Text c="var(--soft)">Both runs need an evaluator that makes scores.</Text>
      )}
      {pair.type === 'failed' && <Text c="var(--bad)">{pair.message}</Text>}
      {pair.type === 'ready' && a.results && b.results && (
        <>
          <Differences
            comparison={pair.value}
            imageId={imageId}
            onImage={(id) => setImageId(id === imageId ? null : id)}
          />
          {imageId !== null && <ImagePair id={imageId} a={a.results} b={b.results} />}
        </>
      )}
    </>
  );
}

type RunSelectProps = {
  readonly label: string;
  readonly value: string | null;
  readonly onChange: (runId: string) => void;
};

function RunSelect({ label, value, onChange }: RunSelectProps) {
  const history = useRuns((state) => state.history);
  return (
    <Select
      size="xs"
      label={label}
      value={value}
      allowDeselect={false}
      data={history
        .filter(({ status }) => status === 'done')
        .map(({ runId, graph, startedAt }) => ({
          value: runId,
          label: `${graph} · ${printMoment(startedAt)} · ${runId.slice(-4)}`,
        }))}
      onChange={(id) => {
        if (id !== null) onChange(id);
      }}
    />
  );
}

/** The results of a run and the node whose scores are compared: the first that made some. */
function useSide(runId: string | null): {
  readonly results: ResultSet | undefined;
  readonly nodeId: string | undefined;
} {
  const details = useRunDetails(runId);
  const results = useRunResults(details.type === 'ready' ? details.value : undefined);
  const catalog = useCatalog();
  const scores = results && listOutputs(results, catalog).find(({ kind }) => kind === 'scores');
  return { results, nodeId: scores?.nodeId };
}
