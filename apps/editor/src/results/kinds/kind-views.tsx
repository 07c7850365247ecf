import { Button } from '@mantine/core';
import type { ArtifactSummary } from '@radiograph/api';
import type { PortKind } from '@radiograph/graph';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { blobUrl } from '../../server/artifacts.ts';
import styles from './Kinds.module.css';
import type { KindProps } from './kind-props.ts';
import {
  Histograms,
  LabelCounts,
  MaskAreas,
  ModelParts,
  ScoreBars,
  TableView,
} from './numbers.tsx';
import { RocView } from './RocView.tsx';
import { SampleGrid } from './SampleGrid.tsx';

function Picture({ output }: KindProps) {
  const url = blobUrl(output.digest, 'figure.png');
  return (
    <a href={url} target="_blank" rel="noreferrer" className={styles.picture}>
      <img src={url} alt={`${output.nodeId}: ${output.port}`} />
    </a>
  );
}

function Download({ output }: KindProps) {
  return (
    <Button
      component="a"
      size="compact-sm"
      variant="default"
      href={blobUrl(output.digest, 'file.bin')}
      download={`${output.nodeId}.${output.port}`}
      leftSection={<IconDownload size={14} />}
    >
      Download
    </Button>
  );
}

type KindView<K extends PortKind> = (props: KindProps<K>) => ReactNode;

type AnyView = (
  props: Pick<KindProps, 'output' | 'isCompact'> & { readonly summary: ArtifactSummary },
) => ReactNode;

/** What is drawn for each kind of port, from top to bottom. The kind decides, never the node. */
const kindViews: {
  readonly [K in PortKind]: readonly KindView<K>[];
} = {
  images: [SampleGrid, Histograms],
  labels: [LabelCounts],
  masks: [SampleGrid, MaskAreas],
  saliency: [SampleGrid, RocView, Histograms],
  model: [ModelParts],
  supervision: [SampleGrid],
  predictions: [SampleGrid, RocView, Histograms],
  scores: [ScoreBars],
  table: [TableView],
  figure: [Picture],
  file: [Download],
};

/** The views of an artifact whose kind is known only now; the table pairs kinds with their summaries. */
export const viewsOf = (kind: PortKind) => kindViews[kind] as readonly AnyView[];
