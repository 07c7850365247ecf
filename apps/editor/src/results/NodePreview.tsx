import type { PortKind } from '@radiograph/graph';
import { type ComponentType, memo } from 'react';
import { useCatalog } from '../catalog/catalog.ts';
import type { StepState } from '../runs/run-state.ts';
import { useStep } from '../runs/runs-store.ts';
import { blobUrl, thumbnailUrl, useArtifact } from '../server/artifacts.ts';
import { cssColor } from './class-color.ts';
import { LiveSamples } from './LiveSamples.tsx';
import styles from './NodePreview.module.css';
import {
  listOutputs,
  type Output,
  ResultContext,
  useCanvasResults,
  useHasOutputs,
  useImageSources,
} from './result-set.ts';

/** Below a node: the first of its results that can be seen at a glance, or its loss while it trains. */
export const NodePreview = memo(function NodePreview({ nodeId }: { readonly nodeId: string }) {
  const step = useStep(nodeId);
  const hasOutputs = useHasOutputs(nodeId);
  const [curve] = Object.values(step?.curves ?? {});
  if (step?.status === 'running' && curve && curve.length > 1)
    return <Live curve={curve} samples={step.samples} />;
  return hasOutputs ? <Stored nodeId={nodeId} /> : null;
});

function Stored({ nodeId }: { readonly nodeId: string }) {
  const results = useCanvasResults();
  const catalog = useCatalog();
  const output = listOutputs(results, catalog, nodeId).find(({ kind }) => previews[kind] !== null);
  const View = output && previews[output.kind];
  if (!View) return null;
  return (
    <ResultContext value={results}>
      <div className={styles.preview} data-preview={output.kind}>
        <View output={output} />
      </div>
    </ResultContext>
  );
}

type PreviewProps = { readonly output: Output };

function Samples({ output }: PreviewProps) {
  const images = useImageSources(output);
  const artifact = useArtifact(output.digest);
  if (artifact.type !== 'ready') return null;
  return (
    <div className={styles.samples}>
      {artifact.value.samples.slice(0, 3).map((id) => (
        <img
          key={id}
          loading="lazy"
          draggable={false}
          alt={`${output.port} of ${id}`}
          src={thumbnailUrl(output.digest, { id, images }, { width: 128 })}
        />
      ))}
    </div>
  );
}

function ScoreBars({ output }: PreviewProps) {
  const artifact = useArtifact(output.digest);
  if (artifact.type !== 'ready' || artifact.value.kind !== 'scores') return null;
  const { perImage, bootstrap } = artifact.value.data;
  return (
    <div className={styles.scores}>
      <b>mIoU {perImage.mean?.toFixed(3) ?? 'undefined'}</b>
      {bootstrap.mean && (
        <span>
          95 % CI {bootstrap.mean.lower.toFixed(2)}–{bootstrap.mean.upper.toFixed(2)}
        </span>
      )}
      <span className={styles.bars} aria-hidden="true">
        {perImage.perClass.map((value, k) => (
          <i
            // biome-ignore lint/suspicious/noArrayIndexKey: a class is its place
            key={k}
            style={{ height: `${100 * (value ?? 0)}%`, background: cssColor(k) }}
          />
        ))}
      </span>
    </div>
  );
}

function Sparkline({ output }: PreviewProps) {
  const artifact = useArtifact(output.digest);
  if (artifact.type !== 'ready' || artifact.value.kind !== 'table') return null;
  const { columns, rows } = artifact.value.data;
  const points = rows.flatMap((row) =>
    typeof row[0] === 'number' && typeof row[1] === 'number' ? [[row[0], row[1]] as const] : [],
  );
  if (points.length < 2) return null;
  return <Line points={points} name={columns[1] ?? ''} />;
}

function Picture({ output }: PreviewProps) {
  return (
    <img
      className={styles.picture}
      loading="lazy"
      draggable={false}
      alt={`${output.nodeId}: ${output.port}`}
      src={blobUrl(output.digest, 'figure.png')}
    />
  );
}

type LiveProps = {
  readonly curve: StepState['curves'][string];
  readonly samples: StepState['samples'];
};

function Live({ curve, samples }: LiveProps) {
  return (
    <div className={styles.preview}>
      {samples.length > 0 && <LiveSamples samples={samples} />}
      <Line points={curve} name="loss" />
    </div>
  );
}

type LineProps = { readonly points: readonly (readonly [number, number])[]; readonly name: string };

function Line({ points, name }: LineProps) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, right, low, high] = [
    Math.min(...xs),
    Math.max(...xs),
    Math.min(...ys),
    Math.max(...ys),
  ];
  const path = points
    .map(([x, y], i) => {
      const px = (184 * (x - left)) / Math.max(right - left, 1e-9);
      const py = 36 - (32 * (y - low)) / Math.max(high - low, 1e-9);
      return `${i === 0 ? 'M' : 'L'}${px.toFixed(1)},${py.toFixed(1)}`;
    })
    .join('');
  return (
    <svg className={styles.line} viewBox="0 0 184 40" role="img" aria-label={`${name} so far`}>
      <path d={path} />
      <text x="182" y="10" textAnchor="end">
        {name} {ys.at(-1)?.toPrecision(3)}
      </text>
    </svg>
  );
}

const previews: { readonly [K in PortKind]: ComponentType<PreviewProps> | null } = {
  images: Samples,
  labels: null,
  masks: Samples,
  saliency: Samples,
  model: null,
  supervision: Samples,
  predictions: Samples,
  scores: ScoreBars,
  table: Sparkline,
  figure: Picture,
  file: null,
};
