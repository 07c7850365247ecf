import { Button } from '@mantine/core';
import type { PortKind } from '@radiograph/graph';
import { IconDownload } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { blobUrl } from '../artifact-api.ts';
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

/** What is drawn for each kind of port, from top to bottom. The kind decides, never the node. */
export const kindViews: { readonly [K in PortKind]: readonly ComponentType<KindProps>[] } = {
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
