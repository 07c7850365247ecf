/** Document -> finished sweep: lists and proves the cells, merges them into one plan, runs it, records every event. */
import { createRegistry, type GraphDocument } from '@radiograph/graph';
import { announceGraphs, keepWithin, nodeTypesOf, openServices } from '@radiograph/runtime';
import { checkCells } from '../cells/check-cells.ts';
import { listCells, type SweepRequest } from '../cells/list-cells.ts';
import { planSweep, type SweepPlan } from '../plan/plan-sweep.ts';
import type { NewSweepEvent, SweepEvent } from './events.ts';
import type { Executor, Outcomes, RunPlace } from './executor.ts';
import { beginSweepRecord, type CellResult, type SweepResult } from './sweep-record.ts';

export type SweepOptions = {
  readonly document: GraphDocument;
  readonly request: SweepRequest;
  readonly place: RunPlace;
  readonly executor: Executor;
  /** Cuts steps over lists of samples, where their node types allow it, into this many jobs; default 1. The result is the same. */
  readonly shards?: number;
  /** What the store may hold when the sweep begins, which makes room; what its cells may reuse stays until it is over. Default any amount. */
  readonly maxCacheBytes?: number | undefined;
  /** What was typed, for the report. */
  readonly command: string;
  /** Called once, before anything runs. */
  readonly onPlan?: (plan: SweepPlan) => void;
  readonly onEvent?: (event: SweepEvent) => void;
  readonly signal?: AbortSignal;
};

/** Plans a sweep without running it. @throws graph and usage errors of any cell. */
export async function openSweep({
  document,
  request,
  place,
  shards,
}: Pick<SweepOptions, 'document' | 'request' | 'place' | 'shards'>): Promise<SweepPlan> {
  const registry = createRegistry(nodeTypesOf(place.packages));
  const cells = checkCells(listCells(document, request), registry);
  const { services, save } = await openServices({ ...place, data: document.data });
  const plan = await planSweep(cells, services, shards);
  await save();
  return plan;
}

/** Runs a sweep. Failures of nodes are in the result; bad cells and missing sources throw before anything runs. */
export async function startSweep(
  options: SweepOptions,
): Promise<{ readonly result: SweepResult; readonly folder: string }> {
  const startedMs = performance.now();
  const plan = await openSweep(options);
  options.onPlan?.(plan);
  const { document, place, executor, command, signal = new AbortController().signal } = options;
  const names = plan.cells.map(({ name }) => name);
  const { graphPath } = place;
  const coordinates = plan.cells.map(({ arm, values, seed }) => ({ arm, values, seed }));
  const { axes = [], grids = [], skip = [], combine, seeds } = options.request;
  const request = {
    axes: [...axes],
    grids: [...grids],
    skip: [...skip],
    executor: executor.name,
    ...(combine === undefined ? {} : { combine }),
    ...(seeds === undefined ? {} : { seeds }),
  };
  const asked = { document, graphPath, command, request, cells: names, coordinates };
  const record = await beginSweepRecord(place.home, asked);
  const { sweepId, folder } = record;
  const count = countSteps(plan);
  const emit = (event: NewSweepEvent): void => {
    count.follow(event);
    options.onEvent?.(record.append(event));
  };
  const run = plan.tasks.filter(({ state }) => state === 'run').length;
  const reuse = plan.tasks.length - run;
  const jobs = plan.jobs.length;
  emit({ type: 'sweep-started', sweepId, executor: executor.name, cells: names, jobs, run, reuse });
  const graphs = plan.cells.map(({ graph }) => graph);
  const withdraw = await announceGraphs(place.home, graphs); // cells that have not started are no runs yet
  const { maxCacheBytes: maxBytes } = options;
  if (maxBytes !== undefined) await keepWithin({ ...place, maxBytes }); // where it cannot, the sweep goes on
  const outcomes = await executor.run({ plan, place, folder, emit, signal }).finally(withdraw);
  const cells = plan.cells.map((_, cell) => describeCell(plan, cell, outcomes));
  const status = ['canceled', 'failed'].find((bad) => cells.some((cell) => cell.status === bad));
  const seconds = (performance.now() - startedMs) / 1000;
  const result: SweepResult = {
    sweepId,
    graph: document.name,
    graphPath: place.graphPath,
    command,
    status: (status as 'canceled' | 'failed' | undefined) ?? 'done', // one of the two that were looked for
    seconds,
    finishedAt: new Date().toISOString(),
    steps: count.read(),
    cells,
  };
  emit({ type: 'sweep-finished', status: result.status, seconds });
  await record.finish(result);
  return { result, folder };
}

/** Counts unique steps: what ran, and what was found in the store and not made by this sweep. */
function countSteps({ jobs, recipes }: SweepPlan) {
  const cells = new Map(jobs.map(({ id, cell }) => [id, cell]));
  const ran = new Set<string>();
  const found = new Set<string>();
  return {
    follow(event: NewSweepEvent): void {
      if (event.type !== 'job-event') return;
      const { type } = event.event;
      if (type !== 'step-finished' && type !== 'step-reused') return;
      const recipe = recipes[cells.get(event.job)!]!.get(event.event.nodeId)!;
      (type === 'step-finished' ? ran : found).add(recipe);
    },
    read: () => ({ ran: ran.size, reused: [...found].filter((one) => !ran.has(one)).length }),
  };
}

function describeCell(plan: SweepPlan, index: number, outcomes: Outcomes): CellResult {
  const { name, arm, values, seed } = plan.cells[index]!;
  const job = plan.jobs.find(({ kind, cell }) => kind === 'cell' && cell === index)!;
  const { status, error, runId, steps } = outcomes.get(job.id)!;
  const outputs = Object.fromEntries(
    Object.entries(steps).map(([nodeId, step]) => [nodeId, step.outputs]),
  );
  return { name, arm, values, seed, status, reason: error, runId, outputs };
}
