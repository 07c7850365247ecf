import { RadiographError } from '@radiograph/graph';
import { type SweepSummary, summarizeSweeps } from '@radiograph/sweep';
import { findHome } from '../open-graph.ts';
import { printDuration } from '../terminal/print-duration.ts';
import { printTable } from '../terminal/print-table.ts';

/** `radiograph sweeps [SWEEP]`: every sweep, newest first; or one with its cells. */
export async function sweepsCommand(
  wanted: string | undefined,
  flags: { readonly json: boolean },
): Promise<number> {
  const sweeps = await summarizeSweeps(findHome());
  const shown = wanted === undefined ? sweeps : findSweep(sweeps, wanted);
  if (flags.json) console.log(JSON.stringify(shown, null, 2));
  else console.log(Array.isArray(shown) ? printSweeps(shown) : printCells(shown as SweepSummary));
  return 0;
}

function findSweep(sweeps: readonly SweepSummary[], wanted: string): SweepSummary {
  const found = wanted === 'latest' ? sweeps[0] : sweeps.find(({ sweepId }) => sweepId === wanted);
  if (found !== undefined) return found;
  const known = sweeps.slice(0, 5).map(({ sweepId }) => sweepId);
  throw new RadiographError('usage', {
    path: 'sweep',
    message: `expected the id of a sweep (${known.join(', ') || 'there are none yet'}), got ${wanted}`,
  });
}

function printSweeps(sweeps: readonly SweepSummary[]): string {
  const columns = ['sweep', 'graph', 'status', 'took', 'cells', 'done', 'ran', 'reused'];
  const rows = sweeps.map(({ sweepId, graph, status, cells, result }) => [
    sweepId,
    graph,
    status,
    result === null ? '' : printDuration(result.seconds),
    cells.length,
    result === null ? null : result.cells.filter((cell) => cell.status === 'done').length,
    result?.steps.ran ?? null,
    result?.steps.reused ?? null,
  ]);
  return printTable({ title: `${sweeps.length} sweeps`, columns, rows });
}

function printCells({ sweepId, graph, status, command, cells, result }: SweepSummary): string {
  const rows = cells.map((name) => {
    const cell = result?.cells.find((one) => one.name === name);
    return [name, cell?.status ?? status, cell?.runId ?? '', cell?.reason ?? ''];
  });
  const title = `${sweepId}: ${graph}, ${status}\n${command}`;
  return printTable({ title, columns: ['cell', 'status', 'run', 'reason'], rows });
}
