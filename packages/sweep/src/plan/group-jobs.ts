/**
 * Tasks -> jobs: what several cells share runs first and once; then each cell runs, which leaves an ordinary run record.
 *
 * Tasks that the same cells need and that are wired together form one job: one worker process runs them in order. The cells of a
 * task are among those of the tasks before it, so jobs form no cycle. A task that is cut into shards starts a new stage: what it reads
 * is in jobs of an earlier stage, its shards are jobs of their own, and the job behind them joins them.
 */
import type { ProvedCell } from '../cells/check-cells.ts';
import type { SweepTask } from './plan-sweep.ts';

/** A run of one graph. `only` lists its nodes; null = the whole cell. */
export type SweepJob = {
  readonly id: string;
  /** `part`: what one cell needs before its shards; `shard`: a piece of one step. */
  readonly kind: 'shared' | 'part' | 'shard' | 'cell';
  /** Position of the cell whose graph is run. */
  readonly cell: number;
  /** Positions of the cells that need it. */
  readonly cells: readonly number[];
  readonly only: readonly string[] | null;
  /** Which shard of the only node, from 0; null if it is not a shard. */
  readonly shard: number | null;
  /** Ids of jobs that must have ended before. */
  readonly needs: readonly string[];
  /** Recipes of the steps that it is to compute; steps whose shards it only joins are not among them. */
  readonly tasks: readonly string[];
  /** Estimated seconds of its steps. */
  readonly seconds: number;
  /** The most memory that one of its steps is estimated to hold; null if one of them has never run. */
  readonly bytes: number | null;
  /** Whether one of its steps computes with the engine. */
  readonly usesEngine: boolean;
};

type Group = Pick<SweepJob, 'id' | 'kind' | 'cell' | 'cells' | 'only'> & {
  readonly tasks: readonly SweepTask[];
};

/** Groups the tasks that must run into jobs; every cell has one, if only to leave its record. Steps that can be cut give `shards` jobs each. */
export function groupJobs(
  cells: readonly ProvedCell[],
  tasks: readonly SweepTask[],
  shards = 1,
): SweepJob[] {
  const isCut = (task: SweepTask) => shards > 1 && task.isShardable;
  const running = tasks.filter(({ state }) => state === 'run');
  const stages = findStages(running, isCut);
  const shared = joinTasks(
    running.filter((task) => task.cells.length > 1),
    stages,
  ).map((group, i) => describeGroup(group, { id: `shared-${i + 1}`, kind: 'shared' }));
  const own = cells.flatMap((_, cell): Group[] => {
    const group = running.filter((task) => task.cells.length === 1 && task.cells[0] === cell);
    const id = `cell-${cell + 1}`;
    const last = Math.max(...group.map(({ recipe }) => stages.get(recipe)!));
    const isLate = (task: SweepTask) => !group.some(isCut) || stages.get(task.recipe) === last;
    const early = group.filter((task) => !isLate(task));
    const parts = [...new Set(early.map(({ recipe }) => stages.get(recipe)!))].map((stage) =>
      early.filter(({ recipe }) => stages.get(recipe) === stage),
    );
    return [
      ...parts.map((part, i) => describeGroup(part, { id: `${id}-part-${i + 1}`, kind: 'part' })),
      { id, kind: 'cell', cell, cells: [cell], only: null, tasks: group.filter(isLate) },
    ];
  });
  const groups = [...shared, ...own];
  const makers = new Map(groups.flatMap(({ id, tasks: made }) => made.map((t) => [t.recipe, id])));
  return groups.flatMap((group) => {
    const pieces = group.tasks
      .filter(isCut)
      .flatMap((task) => cutTask(task, { group, makers, shards }));
    return [...pieces, closeGroup(group, { pieces, makers, groups, isCut })];
  });
}

const describeGroup = (
  tasks: readonly SweepTask[],
  { id, kind }: Pick<Group, 'id' | 'kind'>,
): Group => ({
  id,
  kind,
  cell: tasks[0]!.cells[0]!,
  cells: tasks[0]!.cells,
  only: tasks.map(({ nodeId }) => nodeId),
  tasks,
});

/** Job that computes or joins each recipe. */
type Makers = ReadonlyMap<string, string>;
type Cutting = { readonly group: Group; readonly makers: Makers; readonly shards: number };

/** The shards of one step. */
function cutTask(task: SweepTask, { group, makers, shards }: Cutting): SweepJob[] {
  const { recipe, nodeId, needs, seconds, bytes, usesEngine } = task;
  return Array.from({ length: shards }, (_, shard) => ({
    id: `${group.id}-${nodeId}-${shard + 1}-of-${shards}`,
    kind: 'shard',
    cell: group.cell,
    cells: group.cells,
    only: [nodeId],
    shard,
    needs: [...new Set(needs.flatMap((need) => makers.get(need) ?? []))],
    tasks: [recipe],
    seconds: (seconds ?? 0) / shards,
    bytes,
    usesEngine,
  }));
}

type Closing = {
  readonly pieces: readonly SweepJob[];
  readonly makers: Makers;
  readonly groups: readonly Group[];
  readonly isCut: (task: SweepTask) => boolean;
};

function closeGroup(group: Group, { pieces, makers, groups, isCut }: Closing): SweepJob {
  const { tasks, ...rest } = group;
  const before =
    group.kind === 'cell'
      ? groups.filter(({ cells }) => cells.includes(group.cell)).map(({ id }) => id)
      : tasks.flatMap(({ needs }) => needs.flatMap((need) => makers.get(need) ?? []));
  const needs = [...new Set([...before, ...pieces.map(({ id }) => id)])];
  const computed = tasks.filter((task) => !isCut(task));
  return {
    ...rest,
    shard: null,
    needs: needs.filter((id) => id !== group.id),
    tasks: computed.map(({ recipe }) => recipe),
    seconds: computed.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0),
    bytes: largest(tasks.map(({ bytes }) => bytes)),
    usesEngine: computed.some(({ usesEngine }) => usesEngine),
  };
}

/** Null if one is not known. */
function largest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : Math.max(0, ...known);
}

/** How many steps that are cut lie before each task, itself included; `tasks` are in topological order. */
function findStages(
  tasks: readonly SweepTask[],
  isCut: (task: SweepTask) => boolean,
): Map<string, number> {
  const stages = new Map<string, number>();
  for (const task of tasks) {
    const before = Math.max(0, ...task.needs.map((recipe) => stages.get(recipe) ?? 0));
    stages.set(task.recipe, before + (isCut(task) ? 1 : 0));
  }
  return stages;
}

/** Connected tasks of equal cells and stages; `tasks` are in topological order. */
function joinTasks(
  tasks: readonly SweepTask[],
  stages: ReadonlyMap<string, number>,
): SweepTask[][] {
  const groupOf = new Map<string, SweepTask[]>();
  for (const task of tasks) {
    const placeOf = ({ cells, recipe }: SweepTask) => `${cells.join()} ${stages.get(recipe)}`;
    const near = task.needs.flatMap((recipe) => groupOf.get(recipe) ?? []);
    const joined = [...new Set(near)].filter((one) => placeOf(one) === placeOf(task));
    const members = new Set(joined.flatMap(({ recipe }) => groupOf.get(recipe)!));
    const group = [...members, task];
    for (const { recipe } of group) groupOf.set(recipe, group);
  }
  return [...new Set(groupOf.values())];
}
