import { Button, Group, Table } from '@mantine/core';
import type { SweepCell, SweepHead } from '@radiograph/api';
import { parseDocument } from '@radiograph/graph';
import { printBounds } from '@radiograph/statistics/words';
import { compareStore } from '../compare/compare-store.ts';
import { openAsOwn } from '../files/open-file.ts';
import { chooseRun } from '../results/chosen-run.ts';
import { Meter } from '../results/Meter.tsx';
import { showRun } from '../runs/runs-store.ts';
import { server } from '../server/client.ts';
import { showView } from '../shell/frame-store.ts';
import styles from './Sweeps.module.css';

type CellTableProps = { readonly sweep: SweepHead; readonly cells: readonly SweepCell[] };

/** Every cell by its values: what it scored, its run, and itself as a whole graph. */
export function CellTable({ sweep: { axes, seeds }, cells }: CellTableProps) {
  const names = Object.keys(axes);
  const heads = [...names, ...(seeds.length > 1 ? ['seed'] : []), 'mIoU', '95 % CI'];
  return (
    <section className={styles.card} aria-label="Cells">
      <h3 className={styles.heading}>Runs by axis value</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div className={styles.scroll} tabIndex={0}>
        <Table className={styles.table} highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              {heads.map((head) => (
                <Table.Th key={head}>{head}</Table.Th>
              ))}
              <Table.Th>
                <span className="visually-hidden">Actions</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {cells.map((cell) => (
              <Table.Tr key={cell.name}>
                {names.map((axis) => (
                  <Table.Td key={axis}>{cell.values[axis]}</Table.Td>
                ))}
                {seeds.length > 1 && <Table.Td>{cell.seed}</Table.Td>}
                <Score cell={cell} />
                <Table.Td className={styles.actions}>
                  {cell.runId !== null && (
                    <Actions cell={cell} baseline={findBaseline(cells, cell)} runId={cell.runId} />
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}

const words: { readonly [S in SweepCell['status']]: string } = {
  done: 'no scores',
  failed: 'failed',
  canceled: 'canceled',
  running: 'running…',
  waiting: 'waiting',
  missing: 'not run: the sweep was broken off',
};

function Score({ cell: { status, reason, score } }: { readonly cell: SweepCell }) {
  if (score?.mean == null)
    return (
      <Table.Td colSpan={2} className={status === 'failed' ? styles.bad : styles.soft}>
        {words[status]}
        {reason !== null && reason !== status && `: ${reason}`}
      </Table.Td>
    );
  const { mean, interval } = score;
  return (
    <>
      <Table.Td className={styles.meter}>
        <Meter value={mean} />
      </Table.Td>
      <Table.Td className={styles.soft}>{interval && printBounds(interval)}</Table.Td>
    </>
  );
}

/** The first finished cell of another arm, of the same seed where there is one: images are compared in pairs. */
function findBaseline(cells: readonly SweepCell[], { arm, seed }: SweepCell): string | null {
  const others = cells.filter((cell) => cell.arm !== arm && cell.status === 'done');
  return (others.find((cell) => cell.seed === seed) ?? others[0])?.runId ?? null;
}

type ActionsProps = {
  readonly cell: SweepCell;
  readonly runId: string;
  readonly baseline: string | null;
};

function Actions({ cell, runId, baseline }: ActionsProps) {
  const button = (label: string, onClick: () => void) => (
    <Button size="compact-xs" variant="default" onClick={onClick}>
      {label}
    </Button>
  );
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      {button('Results', () => {
        chooseRun(runId);
        showView('runs');
      })}
      {button('Graph', () => void openCell(cell, runId))}
      {cell.status === 'done' &&
        baseline !== null &&
        button('Compare', () => {
          compareStore.setState({ a: baseline, b: runId });
          showView('compare');
        })}
    </Group>
  );
}

/** The cell as a graph of its own, with what its run made on the nodes. */
async function openCell({ values, seed }: SweepCell, runId: string): Promise<void> {
  const { graphText, graphPath } = await server.runs.read({ params: { id: runId } });
  const path = graphPath.split('/').at(-1)!;
  openAsOwn(parseDocument(graphText), { path, values: { ...values, seed: String(seed) } });
  await showRun(runId);
}
