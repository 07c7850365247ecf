import { Text } from '@mantine/core';
import type { Comparison, Difference, ScoreComparison } from '@radiograph/api';
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

/** Differences with intervals, per image, and the graph diff beside them; what the runs do not have is left out. */
export function Differences({ comparison, imageId, onImage }: DifferencesProps) {
  const { scores, graphChanges } = comparison;
  return (
    <div className={styles.columns} data-scores={scores !== null}>
      {scores !== null && <ScoreCard scores={scores} />}
      {scores !== null && (
        <ImageDeltas images={scores.perImage} imageId={imageId} onImage={onImage} />
      )}
      <GraphChanges changes={graphChanges} />
    </div>
  );
}

function ScoreCard({ scores }: { readonly scores: ScoreComparison }) {
  const { mean, perClass, images, note } = scores;
  return (
    <section className={styles.card} aria-label="Differences">
      <h2 className={styles.title}>Difference of the mean IoU, b − a</h2>
      <Text size="sm" className={styles.verdict}>
        {printVerdict(mean)}
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
      <Text size="xs" c="var(--soft)" mt={6}>
        {note}
      </Text>
    </section>
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
  const shown = changes?.filter(
    ({ part, path }) => part !== 'drawing' && !(part === 'graph' && texts.has(path)),
  );
  return (
    <section className={styles.card} aria-label="Graph differences">
      <h2 className={styles.title}>What differs in the graphs</h2>
      {shown === undefined && (
        <Text size="sm" c="var(--soft)">
          The record of one of the runs has lost its graph.
        </Text>
      )}
      {shown?.length === 0 && (
        <Text size="sm" c="var(--soft)">
          Nothing: both ran the same graph.
        </Text>
      )}
      <ul className={styles.changes}>
        {shown?.map((change) => (
          <li key={`${change.part} ${change.path}`}>
            <code>{change.path}</code>
            <Change {...change} />
          </li>
        ))}
      </ul>
    </section>
  );
}

type ChangeProps = NonNullable<Comparison['graphChanges']>[number];

/** A node or a wire is there or not; a parameter has a value before and after. */
function Change({ part, path, before, after }: ChangeProps) {
  const isWhole = part === 'wire' || (part === 'node' && !path.includes('.'));
  if (isWhole && before === undefined) return <ins>{part} only in b</ins>;
  if (isWhole && after === undefined) return <del>{part} only in a</del>;
  return (
    <span>
      <del>{print(before)}</del> → <ins>{print(after)}</ins>
    </span>
  );
}

const print = (value: unknown) => (value === undefined ? 'not set' : JSON.stringify(value));
