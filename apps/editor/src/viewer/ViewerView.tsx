import { Select, Text } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useCatalog } from '../catalog/catalog.ts';
import { chooseRun, useChosenRun, useRunDetails, useRunResults } from '../results/chosen-run.ts';
import {
  imageSources,
  listOutputs,
  type Output,
  ResultContext,
  type ResultSet,
} from '../results/result-set.ts';
import { printMoment } from '../runs/print.ts';
import { useRuns } from '../runs/runs-store.ts';
import { EmptyState } from '../shell/EmptyState.tsx';
import { ImageList, useRanking } from './ImageList.tsx';
import { Reading } from './Reading.tsx';
import styles from './Viewer.module.css';
import { followViewerKeys } from './viewer-keys.ts';
import { useViewer, viewerStore } from './viewer-store.ts';

/** The radiographs of a run with everything that was drawn or predicted on them. */
export function ViewerView() {
  const runId = useChosenRun();
  const details = useRunDetails(runId);
  const results = useRunResults(details.type === 'ready' ? details.value : undefined);
  if (runId === null)
    return (
      <EmptyState icon={IconEye} title="No images yet">
        Run the graph: its radiographs are shown here, with expert masks, saliency maps and
        predictions on them.
      </EmptyState>
    );
  if (results === undefined) return null;
  return (
    <ResultContext value={results}>
      <Viewer key={runId} runId={runId} results={results} />
    </ResultContext>
  );
}

type ViewerProps = { readonly runId: string; readonly results: ResultSet };

function Viewer({ runId, results }: ViewerProps) {
  const catalog = useCatalog();
  const lists = listOutputs(results, catalog)
    .filter(({ kind }) => kind === 'scores' || kind === 'images')
    .toSorted((a, b) => Number(b.kind === 'scores') - Number(a.kind === 'scores'));
  const wished = useViewer(({ list }) => list);
  const list = lists.find((output) => referenceOf(output) === wished) ?? lists[0];
  const ranking = useRanking(list);
  const imageId = useViewer((state) => state.imageId);
  const current = ranking.find(({ id }) => id === imageId) ?? ranking[0];
  useEffect(() => followViewerKeys(ranking.map(({ id }) => id)), [ranking]);
  return (
    <div className={styles.viewer}>
      <aside className={styles.left} aria-label="Images">
        <RunChoice runId={runId} />
        <ImageList lists={lists} list={list} ranking={ranking} current={current?.id} />
      </aside>
      {current === undefined ? (
        <Text p="lg" c="var(--soft)">
          This run has made no images yet. Choose another one at the left.
        </Text>
      ) : (
        <Reading
          image={current}
          sources={imageSources(results, catalog, { kind: 'scores', digest: '' })}
        />
      )}
    </div>
  );
}

export const referenceOf = ({ nodeId, port }: Output): string => `${nodeId}.${port}`;

function RunChoice({ runId }: { readonly runId: string }) {
  const history = useRuns((state) => state.history);
  return (
    <Select
      size="xs"
      aria-label="Run"
      value={runId}
      allowDeselect={false}
      data={history.map((run) => ({
        value: run.runId,
        label: `${run.graph} · ${printMoment(run.startedAt)} · ${run.status}`,
      }))}
      onChange={(value) => {
        if (value === null) return;
        viewerStore.setState({ list: null });
        chooseRun(value);
      }}
    />
  );
}
