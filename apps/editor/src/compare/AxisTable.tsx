import { Button, Group, Table, Text } from '@mantine/core';
import type { VariantCell } from '@radiograph/api';
import { applyVariants, type Cell, printDocument } from '@radiograph/graph';
import { printBounds } from '@radiograph/statistics/words';
import { IconPlayerPlay } from '@tabler/icons-react';
import { showDialog } from '../commands/dialog-store.ts';
import { documentStore, useDocument } from '../document/document-store.ts';
import { chooseRun } from '../results/chosen-run.ts';
import { Meter } from '../results/Meter.tsx';
import { useRuns } from '../runs/runs-store.ts';
import { server } from '../server/client.ts';
import { createReader } from '../server/create-reader.ts';
import { showView } from '../shell/frame-store.ts';
import styles from './Compare.module.css';
import { compareStore } from './compare-store.ts';

const useCells = createReader(async (key: string) => {
  const text = key.slice(key.indexOf('\n') + 1);
  return (await server.variants.cells({ body: { text } })).cells;
});

/** Every combination of the open graph's variants, what it scored, and a button to run those that are missing. */
export function AxisTable({ onCompare }: { readonly onCompare: () => void }) {
  const document = useDocument((state) => state.document);
  const done = useRuns(({ history }) => history.filter(({ status }) => status === 'done').length);
  const axes = Object.keys(document.variants ?? {});
  const cells = useCells(axes.length === 0 ? null : `${done}\n${printDocument(document)}`);
  if (axes.length === 0)
    return (
      <div className={styles.card}>
        <Text mb="sm">
          This graph has no variants. An axis names what an ablation changes: a parameter, a wire, a
          node that is left out.
        </Text>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            showView('edit');
            showDialog('variants');
          }}
        >
          Edit the axes
        </Button>
      </div>
    );
  if (cells.type === 'failed') return <Text c="var(--bad)">{cells.message}</Text>;
  if (cells.type === 'waiting') return null;
  const missing = cells.value.filter(({ runId, problem }) => runId === null && problem === null);
  const baseline = cells.value.find(({ runId }) => runId !== null)?.runId ?? null;
  return (
    <section className={styles.card} aria-label="Runs by axis value">
      <Group justify="space-between" mb="sm">
        <h2 className={styles.title}>{document.name} by axis value</h2>
        {missing.length > 0 && (
          <Button
            size="compact-sm"
            leftSection={<IconPlayerPlay size={14} />}
            onClick={() => void runCells(missing.map(({ cell }) => cell))}
          >
            Run {missing.length} missing
          </Button>
        )}
      </Group>
      <Table className={styles.table} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {[...axes, 'mIoU', '95 % CI'].map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
            <Table.Th>
              <span className="visually-hidden">Actions</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {cells.value.map((result) => (
            <CellRow
              key={axes.map((axis) => result.cell[axis]).join(' ')}
              axes={axes}
              result={result}
              onCompare={() => {
                compareStore.setState({ a: baseline, b: result.runId });
                onCompare();
              }}
              isBaseline={result.runId === baseline}
            />
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

type CellRowProps = {
  readonly axes: readonly string[];
  readonly result: VariantCell;
  readonly isBaseline: boolean;
  readonly onCompare: () => void;
};

function CellRow({ axes, result, isBaseline, onCompare }: CellRowProps) {
  const { cell, runId, problem, scores } = result;
  const [score] = scores;
  return (
    <Table.Tr>
      {axes.map((axis) => (
        <Table.Td key={axis}>{cell[axis]}</Table.Td>
      ))}
      <Table.Td className={styles.meter}>
        {score?.mean != null && <Meter value={score.mean} />}
        {problem !== null && <Text size="xs">{problem}</Text>}
        {runId === null && problem === null && <span className={styles.soft}>not run yet</span>}
      </Table.Td>
      <Table.Td className={styles.soft}>{score?.interval && printBounds(score.interval)}</Table.Td>
      <Table.Td>
        {runId !== null && (
          <Group gap={6} wrap="nowrap">
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => {
                chooseRun(runId);
                showView('runs');
              }}
            >
              Results
            </Button>
            {!isBaseline && (
              <Button size="compact-xs" variant="default" onClick={onCompare}>
                Compare with the first
              </Button>
            )}
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** Queues these cells, each as the whole graph that it is. */
async function runCells(cells: readonly Cell[]): Promise<void> {
  const { document, file } = documentStore.getState();
  for (const cell of cells) {
    const applied = applyVariants(document, cell);
    const name = [document.name, ...Object.values(cell)].join(' ');
    const text = printDocument({ ...applied, name });
    await server.queue.add({ body: { path: file.path, text } });
  }
}
