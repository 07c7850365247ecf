/** Cells -> graphs: every cell is proved before anything runs. */
import {
  type Graph,
  type Problem,
  RadiographError,
  type Registry,
  validateGraph,
} from '@radiograph/graph';
import type { SweepCell } from './list-cells.ts';

/** A cell whose graph is proved. */
export type ProvedCell = SweepCell & { readonly graph: Graph };

/** Proves all cells. @throws a graph error with the problems of all cells, each once, with the name of the first cell that has it. */
export function checkCells(cells: readonly SweepCell[], registry: Registry): ProvedCell[] {
  const problems = new Map<string, Problem>();
  const proved = cells.flatMap((cell) => {
    try {
      return [{ ...cell, graph: validateGraph(cell.document, registry) }];
    } catch (error) {
      if (!(error instanceof RadiographError)) throw error;
      for (const { path, message } of error.problems) {
        const place = `${path}: ${message}`;
        if (!problems.has(place)) problems.set(place, { path: `${cell.arm}: ${path}`, message });
      }
      return [];
    }
  });
  if (problems.size > 0) throw new RadiographError('graph', [...problems.values()]);
  return proved;
}
