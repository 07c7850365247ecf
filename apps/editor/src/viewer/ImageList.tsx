import { Select, Text } from '@mantine/core';
import { useEffect, useMemo } from 'react';
import { type Output, useImageSources } from '../results/result-set.ts';
import { shortIds } from '../results/short-ids.ts';
import { thumbnailUrl, useArtifact } from '../server/artifacts.ts';
import { type RankedImage, rankImages, type SortOrder } from './sort-images.ts';
import styles from './Viewer.module.css';
import { useViewer, viewerStore } from './viewer-store.ts';

const noImages: readonly RankedImage[] = [];

/** The images of a scores or images artifact in the chosen order. */
export function useRanking(list: Output | undefined): readonly RankedImage[] {
  const artifact = useArtifact(list?.digest ?? null);
  const className = useViewer((state) => state.className);
  const order = useViewer((state) => state.order);
  return useMemo(() => {
    if (artifact.type !== 'ready') return noImages;
    const { value } = artifact;
    if (value.kind !== 'scores') return value.samples.map((id) => ({ id, iou: null }));
    return rankImages(value.data, { className, order });
  }, [artifact, className, order]);
}

type ImageListProps = {
  readonly lists: readonly Output[];
  readonly list: Output | undefined;
  readonly ranking: readonly RankedImage[];
  readonly current: string | undefined;
};

const orders: readonly { readonly value: SortOrder; readonly label: string }[] = [
  { value: 'worst', label: 'lowest IoU first' },
  { value: 'best', label: 'highest IoU first' },
  { value: 'as-read', label: 'as read' },
];

/** All images of the list, with their IoU; the current one is kept in view. */
export function ImageList({ lists, list, ranking, current }: ImageListProps) {
  const artifact = useArtifact(list?.digest ?? null);
  const sources = useImageSources({ kind: 'scores', digest: '' });
  const className = useViewer((state) => state.className);
  const order = useViewer((state) => state.order);
  useEffect(() => {
    document.getElementById(`image-${current}`)?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const [source] = sources;
  const names = useMemo(() => shortIds(ranking.map(({ id }) => id)), [ranking]);
  return (
    <>
      <Select
        size="xs"
        aria-label="List of images"
        value={list === undefined ? null : `${list.nodeId}.${list.port}`}
        allowDeselect={false}
        data={lists.map(({ nodeId, port }) => `${nodeId}.${port}`)}
        onChange={(value) => viewerStore.setState({ list: value })}
      />
      {list?.kind === 'scores' && (
        <>
          <Select
            size="xs"
            aria-label="IoU of"
            placeholder="mean of classes"
            clearable
            value={className}
            data={artifact.type === 'ready' ? artifact.value.classes : []}
            onChange={(value) => viewerStore.setState({ className: value })}
          />
          <Select
            size="xs"
            aria-label="Order"
            value={order}
            allowDeselect={false}
            data={[...orders]}
            onChange={(value) =>
              viewerStore.setState({ order: orders.find((one) => one.value === value)!.value })
            }
          />
        </>
      )}
      <Text size="xs" c="var(--soft)">
        {ranking.length} images · ← → to page
      </Text>
      <ul className={styles.images}>
        {ranking.map(({ id, iou }) => (
          <li key={id} id={`image-${id}`}>
            <button
              type="button"
              className={styles.image}
              aria-current={id === current ? 'true' : undefined}
              onClick={() => viewerStore.setState({ imageId: id })}
            >
              {source !== undefined && (
                <img
                  loading="lazy"
                  alt=""
                  src={thumbnailUrl(source, { id, images: sources }, { width: 96 })}
                />
              )}
              <span className={styles.id} title={id}>
                {names.get(id)}
              </span>
              <span className={styles.iou}>{iou === null ? '' : iou.toFixed(3)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
