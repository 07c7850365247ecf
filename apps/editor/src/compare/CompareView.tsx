import { SegmentedControl, Text } from '@mantine/core';
import type { Comparison } from '@radiograph/api';
import { IconGitCompare } from '@tabler/icons-react';
import { useState } from 'react';
import { useRunDetails, useRunResults } from '../results/chosen-run.ts';
import type { ResultSet } from '../results/result-set.ts';
import { useRuns } from '../runs/runs-store.ts';
import { server } from '../server/client.ts';
import { createReader } from '../server/create-reader.ts';
import { EmptyState } from '../shell/EmptyState.tsx';
import { AxisTable } from './AxisTable.tsx';
import styles from './Compare.module.css';
import { compareStore, useCompare } from './compare-store.ts';
import { Differences } from './Differences.tsx';
import { ImagePair } from './ImagePair.tsx';
import { RunSelect } from './RunSelect.tsx';

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

const usePair = createReader((key: string) => {
  const [a = '', b = ''] = key.split(' ');
  return server.compare.runs({ body: { a: { runId: a }, b: { runId: b } } });
});

function Pair() {
  const { a: wishedA, b: wishedB } = useCompare();
  const history = useRuns((state) => state.history);
  const done = history.filter(({ status }) => status === 'done');
  const runB = wishedB ?? done[0]?.runId ?? history[0]?.runId ?? null;
  const graph = history.find(({ runId }) => runId === runB)?.graph;
  const others = done.filter(({ runId }) => runId !== runB);
  const runA = wishedA ?? (others.find((run) => run.graph === graph) ?? others[0])?.runId ?? null;
  const pair = usePair(runA === null || runB === null ? null : `${runA} ${runB}`);
  if (history.length < 2)
    return (
      <EmptyState icon={IconGitCompare} title="Two runs are needed">
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
      {runA === null && <Text c="var(--soft)">Choose the run to compare with.</Text>}
      {pair.type === 'failed' && <Text c="var(--bad)">{pair.message}</Text>}
      {pair.type === 'ready' && <Compared comparison={pair.value} runA={runA} runB={runB} />}
    </>
  );
}

type ComparedProps = {
  readonly comparison: Comparison;
  readonly runA: string | null;
  readonly runB: string | null;
};

function Compared({ comparison, runA, runB }: ComparedProps) {
  const a = useResultsOf(runA);
  const b = useResultsOf(runB);
  const [imageId, setImageId] = useState<string | null>(null);
  return (
    <>
      {comparison.notes.length > 0 && (
        <ul className={styles.notes} aria-label="What could not be compared">
          {comparison.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <Differences
        comparison={comparison}
        imageId={imageId}
        onImage={(id) => setImageId(id === imageId ? null : id)}
      />
      {imageId !== null && a && b && <ImagePair id={imageId} a={a} b={b} />}
    </>
  );
}

function useResultsOf(runId: string | null): ResultSet | undefined {
  const details = useRunDetails(runId);
  return useRunResults(details.type === 'ready' ? details.value : undefined);
}
