import { Text } from '@mantine/core';
import type { Comparison, Difference } from '@radiograph/api';
import { isShown, printBounds, printNumber } from '@radiograph/statistics/words';
import { useMemo, useState } from 'react';
import { IntervalBars } from '../results/charts/IntervalBars.tsx';
import { shortIds } from '../results/short-ids.ts';
import styles from './Compare.module.css';

type DifferencesProps = {
  readonly comparison: Comparison;
  readonly imageId: string | null;
  readonly onImage: (id: string) => void;
};

/** Differences with intervals, per image, and the graph diff beside them. */
export function Differences({ comparison, imageId, onImage }: DifferencesProps) {
  const { mean, perClass, images, perImage, note } = comparison.comparison;
  return (
    <div className={styles.columns}>
      <section className={styles.card} aria-label="Differences">
        <h2 className={styles.title}>Difference of the mean IoU, b − a</h2>
        <Text size="sm" className={styles.verdict}>
          {printVerdict(mean)}
        </Text>
        <Text size="xs" c="var(--soft)" mb="xs">
          {note}
        </Text>
        <IntervalBars
          label="Paired differences per class"
          width={560}
          xLabel={`IoU difference, b − a (95 % CI, paired bootstrap over ${images} images)`}
          domain={symmetric([mean, ...perClass])}
          bars={[mean, ...perClass].map((one, index) => ({
            name: index === 0 ? 'mIoU' : one.name,
            value: one.difference?.mean ?? null,
            interval: one.difference,
            color: colorOf(one),
            isStrong: index === 0,
          }))}
        />
      </section>
      <ImageDeltas images={perImage} imageId={imageId} onImage={onImage} />
      <GraphChanges changes={comparison.graphChanges} />
    </div>
  );
}

function printVerdict({ a, b, difference, p, verdict }: Difference): string {
  if (a === null || b === null || difference === null)
    return 'No image has a class that both define.';
  const numbers = `a ${printNumber(a)}, b ${printNumber(b)}; paired difference ${signed(difference.mean)} ${printBounds(difference)}`;
  return `${verdict[0]!.toUpperCase()}${verdict.slice(1)}: ${numbers}${p === null ? '' : `, p ${printNumber(p)}`}.`;
}

const signed = (value: number) => `${value < 0 ? '' : '+'}${printNumber(value)}`.replace('-', '−');

function colorOf({ difference, p }: Difference): string {
  if (difference === null || !isShown({ adjustedP: p })) return 'var(--soft)';
  return difference.mean > 0 ? 'var(--good)' : 'var(--bad)';
}

function symmetric(rows: readonly Difference[]): [number, number] {
  const ends = rows.flatMap(({ difference }) =>
    difference === null ? [] : [Math.abs(difference.lower), Math.abs(difference.upper)],
  );
  const most = Math.max(0.02, ...ends);
  return [-most, most];
}

type ImageDeltasProps = {
  readonly images: readonly { readonly id: string; readonly difference: number | null }[];
  readonly imageId: string | null;
  readonly onImage: (id: string) => void;
};

/** The images by how much they changed; one of them can be looked at side by side. */
function ImageDeltas({ images, imageId, onImage }: ImageDeltasProps) {
  const [isWorstFirst, setWorstFirst] = useState(true);
  const sign = isWorstFirst ? 1 : -1;
  const last = Number.POSITIVE_INFINITY; // images without a difference
  const rank = ({ difference }: (typeof images)[number]) =>
    difference === null ? last : sign * difference;
  const names = useMemo(() => shortIds(images.map(({ id }) => id)), [images]);
  const sorted = images.toSorted((x, y) => (rank(x) === rank(y) ? 0 : rank(x) - rank(y)));
  return (
    <section className={styles.card} aria-label="Images">
      <h2 className={styles.title}>
        Images
        <button type="button" className={styles.link} onClick={() => setWorstFirst(!isWorstFirst)}>
          {isWorstFirst ? 'largest losses first' : 'largest gains first'}
        </button>
      </h2>
      <ul className={styles.deltas}>
        {sorted.map(({ id, difference }) => (
          <li key={id}>
            <button
              type="button"
              className={styles.delta}
              aria-pressed={id === imageId}
              onClick={() => onImage(id)}
            >
              <span className={styles.id} title={id}>
                {names.get(id)}
              </span>
              <span className={styles.number} data-sign={Math.sign(difference ?? 0)}>
                {difference === null ? '–' : signed(difference)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** They change nothing that is computed. */
const texts = new Set(['name', 'description']);

function GraphChanges({ changes }: { readonly changes: Comparison['graphChanges'] }) {
  const shown = changes.filter(
    ({ part, path }) => part !== 'drawing' && !(part === 'graph' && texts.has(path)),
  );
  return (
    <section className={styles.card} aria-label="Graph differences">
      <h2 className={styles.title}>What differs in the graphs</h2>
      {shown.length === 0 && (
        <Text size="sm" c="var(--soft)">
          Nothing: both ran the same graph.
        </Text>
      )}
      <ul className={styles.changes}>
        {shown.map(({ path, before, after }) => (
          <li key={path}>
            <code>{path}</code>
            <span>
              <del>{print(before)}</del> → <ins>{print(after)}</ins>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const print = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));
