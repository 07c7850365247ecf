import { Text } from '@mantine/core';
import { splitReference } from '@radiograph/graph';
import { useCatalog } from '../catalog/catalog.ts';
import { useDocument } from '../document/document-store.ts';
import { useSelection } from '../document/selection-store.ts';
import { useStep } from '../runs/runs-store.ts';
import { ArtifactView } from './ArtifactView.tsx';
import { LiveCurves } from './LiveCurves.tsx';
import styles from './ResultsPanel.module.css';
import { listOutputs, ResultContext, useCanvasResults } from './result-set.ts';

/** Beside the canvas: what the selected node made, or what flows along the selected wire. */
export function ResultsPanel() {
  const results = useCanvasResults();
  const nodes = useSelection((selection) => selection.nodes);
  const edges = useSelection((selection) => selection.edges);
  const [nodeId] = nodes;
  const [wire] = edges;
  return (
    <ResultContext value={results}>
      <div className={styles.panel}>
        {nodeId !== undefined ? (
          <NodeResults nodeId={nodeId} />
        ) : wire !== undefined ? (
          <WireResult wire={wire} />
        ) : (
          <Text size="sm" c="var(--soft)">
            Select a node to see what it made, or a wire to see what flows along it: shape, range,
            missing values and sample images.
          </Text>
        )}
      </div>
    </ResultContext>
  );
}

function NodeResults({ nodeId }: { readonly nodeId: string }) {
  const results = useCanvasResults();
  const catalog = useCatalog();
  const label = useDocument(({ document }) => document.nodes[nodeId]?.label);
  const step = useStep(nodeId);
  const outputs = listOutputs(results, catalog, nodeId);
  return (
    <>
      <h2 className={styles.title}>{label ?? nodeId}</h2>
      {step?.error && (
        <Text size="sm" c="var(--bad)" className={styles.error}>
          {step.error}
        </Text>
      )}
      {step && <LiveCurves step={step} />}
      {outputs.length === 0 && (
        <Text size="sm" c="var(--soft)">
          {step?.status === 'running'
            ? 'Its results are shown here when it has finished.'
            : 'Nothing is stored for this node as it is now. Run the graph to make its results.'}
        </Text>
      )}
      {outputs.map((output) => (
        <ArtifactView key={output.port} output={output} isCompact />
      ))}
      {step !== undefined && step.log.length > 0 && (
        <ol className={styles.log} aria-label="Log">
          {step.log.map(({ time, message }) => (
            <li key={`${time} ${message}`}>{message}</li>
          ))}
        </ol>
      )}
    </>
  );
}

function WireResult({ wire }: { readonly wire: string }) {
  const results = useCanvasResults();
  const catalog = useCatalog();
  const [from = ''] = wire.split(' -> ');
  const { nodeId, name } = splitReference(from);
  const output = listOutputs(results, catalog, nodeId).find(({ port }) => port === name);
  return (
    <>
      <h2 className={styles.title}>{wire}</h2>
      {output === undefined ? (
        <Text size="sm" c="var(--soft)">
          Nothing has flowed along this wire yet. Run the graph up to {nodeId}.
        </Text>
      ) : (
        <ArtifactView output={output} isCompact />
      )}
    </>
  );
}
