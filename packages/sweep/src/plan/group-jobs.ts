/**
 * Tasks -> jobs: what several cells share runs first and once; then each cell runs, which leaves an ordinary run record.
 *
 * Tasks that the same cells need and that are wired together form one job: one worker process runs them in order. The cells of a
 * task are among those of the tasks before it, so jobs form no cycle.
 */
import type { ProvedCell } from '../cells/check-cells.ts';
import type { SweepTask } from './plan-sweep.ts';

/** A run of one graph. `only` lists its nodes; null = the whole cell. */
export type SweepJob = {
  readonly id: string;
  readonly kind: 'shared' | 'cell';
  /** Position of the cell whose graph is run. */
  readonly cell: number;
  /** Positions of the cells that need it. */
  readonly cells: readonly number[];
  readonly only: readonly string[] | null;
  /** Ids of jobs that must have ended before. */
  readonly needs: readonly string[];
  /** Recipes of the steps that it is to compute. */
  readonly tasks: readonly string[];
  /** Estimated seconds of its steps. */
  readonly seconds: number;
};

/** Groups the tasks that must run into jobs; every cell has one, if only to leave its record. */
export function groupJobs(cells: readonly ProvedCell[], tasks: readonly SweepTask[]): SweepJob[] {
  const running = tasks.filter(({ state }) => state === 'run');
  const groups = joinTasks(running.filter((task) => task.cells.length > 1));
  const jobOf = new Map<string, string>();
  groups.forEach((group, i) => {
    for (const { recipe } of group) jobOf.set(recipe, sharedId(i));
  });
  const needsOf = (group: readonly SweepTask[], self?: string): string[] => {
    const jobs = group.flatMap(({ needs }) => needs.flatMap((recipe) => jobOf.get(recipe) ?? []));
    return [...new Set(jobs)].filter((id) => id !== self);
  };
  const shared = groups.map(
    (group, i): SweepJob => ({
      id: sharedId(i),
      kind: 'shared',
      cell: group[0]!.cells[0]!,
      cells: group[0]!.cells,
      only: group.map(({ nodeId }) => nodeId),
      needs: needsOf(group, sharedId(i)),
      tasks: group.map(({ recipe }) => recipe),
      seconds: sumSeconds(group),
    }),
  );
  const own = cells.map((_, cell): SweepJob => {
    const group = running.filter((task) => task.cells.length === 1 && task.cells[0] === cell);
    const through = shared.filter(({ cells: users }) => users.includes(cell)).map(({ id }) => id);
    return {
      id: `cell-${cell + 1}`,
      kind: 'cell',
      cell,
      cells: [cell],
      only: null,
      needs: through,
      tasks: group.map(({ recipe }) => recipe),
      seconds: sumSeconds(group),
    };
  });
  return [...shared, ...own];
}

const sharedId = (index: number): string => `shared-${index + 1}`;
const sumSeconds = (tasks: readonly SweepTask[]): number =>
  tasks.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0);

/** Connected tasks of equal cells; `tasks` are in topological order. */
function joinTasks(tasks: readonly SweepTask[]): SweepTask[][] {
  const groupOf = new Map<string, SweepTask[]>();
  for (const task of tasks) {
    const users = task.cells.join();
    const near = task.needs.flatMap((recipe) => groupOf.get(recipe) ?? []);
    const joined = [...new Set(near)].filter(({ cells }) => cells.join() === users);
    const members = new Set(joined.flatMap(({ recipe }) => groupOf.get(recipe)!));
    const group = [...members, task];
    for (const { recipe } of group) groupOf.set(recipe, group);
  }
  return [...new Set(groupOf.values())];
}
