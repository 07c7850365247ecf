import { Table } from '@mantine/core';
import type { ArmsComparison } from '@radiograph/api';
import { IntervalBars } from '../results/charts/IntervalBars.tsx';
import styles from './Sweeps.module.css';

/** The arms beside each other: in words, as bars, and pair by pair. */
export function Arms({ comparison }: { readonly comparison: ArmsComparison }) {
  const { summary, arms, images } = comparison;
  return (
    <>
      <section className={styles.card} aria-label="What it shows">
        {summary.map((sentence) => (
          <p key={sentence} className={styles.sentence}>
            {sentence}
          </p>
        ))}
      </section>
      <div className={styles.columns}>
        <section className={styles.card} aria-label="Arms">
          <h3 className={styles.heading}>Arms</h3>
          <IntervalBars
            label="mIoU per arm"
            xLabel={`mIoU (95 % CI, bootstrap over ${images} images)`}
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
      <div className={styles.scroll}>
        <Table className={styles.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>better</Table.Th>
              <Table.Th>than</Table.Th>
              <Table.Th>by mIoU</Table.Th>
              <Table.Th>95 % CI</Table.Th>
              <Table.Th title="Two-sided, corrected over all pairs (Holm)">p</Table.Th>
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

/** The better arm as `b`, so that no difference is negative. */
function orderPair({ a, b, difference, p }: Pair): Pair {
  if (difference === null || difference.mean >= 0) return { a, b, difference, p };
  const { mean, lower, upper } = difference;
  return { a: b, b: a, p, difference: { mean: -mean, lower: -upper, upper: -lower } };
}

function PairRow({ pair: { a, b, difference, p } }: { readonly pair: Pair }) {
  const isShown = p !== null && p < 0.05;
  return (
    <Table.Tr data-shown={isShown || undefined} className={styles.pair}>
      <Table.Td>{b}</Table.Td>
      <Table.Td>{a}</Table.Td>
      <Table.Td>{difference === null ? '–' : difference.mean.toFixed(3)}</Table.Td>
      <Table.Td>
        {difference && `${difference.lower.toFixed(3)} to ${difference.upper.toFixed(3)}`}
      </Table.Td>
      <Table.Td title={isShown ? 'shown to differ' : 'not shown to differ'}>{printP(p)}</Table.Td>
    </Table.Tr>
  );
}

function printP(p: number | null): string {
  if (p === null) return '–';
  return p < 0.01 ? p.toFixed(3) : p.toFixed(2);
}
