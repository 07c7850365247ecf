import { Table } from '@mantine/core';
import type { ArmsComparison } from '@radiograph/api';
import { isShown, printBounds, printNumber } from '@radiograph/statistics/words';
import { IntervalBars } from '../results/charts/IntervalBars.tsx';
import styles from './Sweeps.module.css';

/** The arms beside each other: in words, as bars, and pair by pair. */
export function Arms({ comparison }: { readonly comparison: ArmsComparison }) {
  const { summary, arms, sample, note } = comparison;
  return (
    <>
      <section className={styles.card} aria-label="What it shows">
        {summary.map((sentence) => (
          <p key={sentence} className={styles.sentence}>
            {sentence}
          </p>
        ))}
        <p className={styles.note}>{note}</p>
      </section>
      <div className={styles.columns}>
        <section className={styles.card} aria-label="Arms">
          <h3 className={styles.heading}>Arms</h3>
          <IntervalBars
            label="mIoU per arm"
            xLabel={`mIoU of single images (95 % CI; ${sample})`}
            bars={arms.map(({ name, mean }) => ({
              name,
              value: mean?.mean ?? null,
              interval: mean,
              color: 'var(--accent)',
            }))}
          />
        </section>
        <Pairs comparison={comparison} />
      </div>
    </>
  );
}

function Pairs({ comparison: { pairs } }: { readonly comparison: ArmsComparison }) {
  return (
    <section className={styles.card} aria-label="Differences">
      <h3 className={styles.heading}>Paired differences</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div className={styles.scroll} tabIndex={0}>
        <Table className={styles.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>higher</Table.Th>
              <Table.Th>lower</Table.Th>
              <Table.Th>by mIoU</Table.Th>
              <Table.Th>95 % CI</Table.Th>
              <Table.Th title="Two-sided, corrected over all pairs (Holm)">p</Table.Th>
              <Table.Th>verdict</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {pairs.map((pair) => (
              <PairRow key={`${pair.a} ${pair.b}`} pair={orderPair(pair)} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}

type Pair = ArmsComparison['pairs'][number];

/** The arm with the higher mean as `b`, so that no difference is negative; whether that shows anything is the verdict's. */
function orderPair({ a, b, difference, ...rest }: Pair): Pair {
  if (difference === null || difference.mean >= 0) return { a, b, difference, ...rest };
  const { mean, lower, upper } = difference;
  return { a: b, b: a, difference: { mean: -mean, lower: -upper, upper: -lower }, ...rest };
}

function PairRow({ pair: { a, b, difference, p, verdict } }: { readonly pair: Pair }) {
  return (
    <Table.Tr data-shown={isShown({ adjustedP: p }) || undefined} className={styles.pair}>
      <Table.Td>{b}</Table.Td>
      <Table.Td>{a}</Table.Td>
      <Table.Td>{difference === null ? '–' : printNumber(difference.mean)}</Table.Td>
      <Table.Td>{difference && printBounds(difference).replaceAll('-', '−')}</Table.Td>
      <Table.Td>{p === null ? '–' : printNumber(p)}</Table.Td>
      <Table.Td>{verdict}</Table.Td>
    </Table.Tr>
  );
}
