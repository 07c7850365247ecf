import { Table, Text } from '@mantine/core';
import type { TableData } from '@radiograph/api';
import { Histogram } from '../charts/Histogram.tsx';
import { IntervalBars } from '../charts/IntervalBars.tsx';
import { LineChart } from '../charts/LineChart.tsx';
import { cssColor } from '../class-color.ts';
import type { Output } from '../result-set.ts';
import styles from './Kinds.module.css';
import type { KindProps } from './kind-props.ts';

/** The distribution of every array of the artifact. */
export function Histograms({ summary, isCompact }: KindProps) {
  return summary.statistics.map(({ name, numbers }) => (
    <Histogram key={name} name={name} numbers={numbers} width={isCompact ? 300 : 420} />
  ));
}

/** IoU per class with bootstrap intervals, and the mean. */
export function ScoreBars({ summary, isCompact }: KindProps<'scores'>) {
  const { classes, perImage, bootstrap, dataset } = summary.data;
  const mean = {
    name: 'mIoU',
    value: perImage.mean,
    interval: bootstrap.mean,
    color: 'var(--accent)',
    isStrong: true,
  };
  const bars = classes.map((name, k) => ({
    name,
    value: perImage.perClass[k] ?? null,
    interval: bootstrap.perClass[k] ?? null,
    color: cssColor(k),
  }));
  return (
    <>
      <IntervalBars
        label="IoU per class with 95 % bootstrap intervals"
        bars={[mean, ...bars]}
        xLabel={
          isCompact
            ? 'mean IoU, 0 to 1 (95 % CI)'
            : `mean IoU of the images, 0 to 1 (95 % CI, ${bootstrap.replicates} resamples)`
        }
        domain={[0, 1]}
        width={isCompact ? 300 : 560}
      />
      <Text size="xs" c="var(--soft)">
        By the dataset protocol (intersections and unions summed over all images): mIoU{' '}
        {dataset.mean?.toFixed(3) ?? 'undefined'}
      </Text>
    </>
  );
}

/** How often each finding is positive, uncertain, negative or blank. */
export function LabelCounts({ output, summary }: KindProps<'labels'>) {
  const { counts } = summary.data;
  return (
    <DataTable
      output={output}
      columns={['finding', 'positive', 'uncertain', 'negative', 'blank']}
      rows={summary.classes.map((name, k) => {
        const { positive, uncertain, negative, blank } = counts[k]!;
        return [name, positive, uncertain, negative, blank];
      })}
    />
  );
}

/** How many images have each class, and how much of the image it covers. */
export function MaskAreas({ output, summary, isCompact }: KindProps<'masks'>) {
  if (isCompact) return null;
  const { perClass } = summary.data;
  return (
    <DataTable
      output={output}
      columns={['class', 'images with it', 'empty', 'not annotated', 'mean area (%)']}
      rows={summary.classes.map((name, k) => {
        const { present, empty, unknown, meanArea } = perClass[k]!;
        return [name, present, empty, unknown, meanArea === null ? null : 100 * meanArea];
      })}
    />
  );
}

/** The decision thresholds and the weight tensors of a model. */
export function ModelParts({ output, summary, isCompact }: KindProps<'model'>) {
  const { thresholds, tensors } = summary.data;
  const shown = isCompact ? [] : tensors;
  return (
    <>
      {thresholds !== null && (
        <DataTable
          output={output}
          columns={['class', 'threshold']}
          rows={summary.classes.map((name, k) => [name, thresholds[k] ?? null])}
        />
      )}
      {shown.length > 0 && (
        <DataTable
          output={output}
          columns={['weight', 'shape', 'values']}
          rows={shown.map(({ name, shape, count }) => [name, `[${shape.join(', ')}]`, count])}
        />
      )}
    </>
  );
}

/** A table; one whose first column counts up is drawn as curves as well. */
export function TableView({ output, summary, isCompact }: KindProps<'table'>) {
  const table = summary.data;
  return (
    <>
      <Curves table={table} width={isCompact ? 300 : 420} />
      {!isCompact || !isCounting(table) ? <DataTable output={output} {...table} /> : null}
    </>
  );
}

/** Whether the rows are moments of one process: epochs, steps, thresholds. */
function isCounting({ rows }: TableData): boolean {
  const first = rows.map((row) => row[0]);
  return (
    rows.length > 1 &&
    first.every(
      (value, i) => typeof value === 'number' && (i === 0 || value > Number(first[i - 1])),
    )
  );
}

function Curves({ table, width }: { readonly table: TableData; readonly width: number }) {
  if (!isCounting(table)) return null;
  const [first = '', ...others] = table.columns;
  return (
    <div className={styles.charts}>
      {groupColumns(others).map(({ name, columns }) => (
        <LineChart
          key={name}
          width={width}
          height={width * 0.58}
          label={`${name} by ${first}`}
          xLabel={first}
          yLabel={name}
          series={columns.map((column, index) => ({
            name: column,
            color: cssColor(index),
            points: table.rows.flatMap((row) => {
              const value = row[table.columns.indexOf(column)];
              return typeof value === 'number' ? [[Number(row[0]), value] as const] : [];
            }),
          }))}
        />
      ))}
    </div>
  );
}

/** Columns with the same unit share a chart: `IoU Edema`, `IoU Atelectasis`; others have one each. */
function groupColumns(columns: readonly string[]) {
  const groups = new Map<string, string[]>();
  for (const column of columns) {
    const [head = column] = column.split(' ');
    const isShared = columns.filter((other) => other.startsWith(`${head} `)).length > 1;
    const name = isShared ? head : column;
    groups.set(name, [...(groups.get(name) ?? []), column]);
  }
  return [...groups].map(([name, list]) => ({ name, columns: list }));
}

type DataTableProps = {
  readonly output: Output;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
};

/** Rows and columns as they are; numbers to four digits. */
export function DataTable({ output, columns, rows }: DataTableProps) {
  const label = `${output.nodeId}.${output.port} by ${columns[0]}`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={label}>
      <Table className={styles.table} striped highlightOnHover verticalSpacing={5}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column}>{column}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.join('|')}>
              {columns.map((column, k) => (
                <Table.Td key={column} data-number={typeof row[k] === 'number' || undefined}>
                  {printCell(row[k] ?? null)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function printCell(value: string | number | null): string {
  if (value === null) return '–';
  if (typeof value === 'string' || Number.isInteger(value)) return String(value);
  return value.toPrecision(4);
}
