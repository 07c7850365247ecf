import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Graph, RadiographError } from '@radiograph/graph';
import { type FinishedRun, type RunEvent, startRun } from '@radiograph/runtime';
import type { trackRun } from '@radiograph/sweep';
import type { EngineName } from '@radiograph/tensor';
import { printEviction, readCacheBudget } from '../cache-budget.ts';
import type { Part } from '../choose-nodes.ts';
import { exitCodes } from '../exit-codes.ts';
import { type Changes, findHome, openGraph, parseCell } from '../open-graph.ts';
import { nodePackages } from '../registry.ts';
import { parseBytes } from '../terminal/bytes.ts';
import { explainLostTracking } from '../terminal/explain-lost-tracking.ts';
import { listenForCancel } from '../terminal/listen-for-cancel.ts';
import { printDuration } from '../terminal/print-duration.ts';
import { printTable } from '../terminal/print-table.ts';
import { createProgressLines } from '../terminal/progress-lines.ts';

type TrackPlace = Parameters<typeof trackRun>[1]['place'];

export type RunFlags = Changes &
  Part & {
    readonly json: boolean;
    readonly engine: EngineName;
    readonly jobs: string;
    readonly memory?: string;
    readonly track: readonly string[];
  };

const mostRows = 50; // of a table on the terminal; outputs/ has every row

export const workerEntry = fileURLToPath(new URL('../../bin/worker.js', import.meta.url));

/** `radiograph run`: the result's tables on standard output, progress on standard error; `--json`: events as JSONL on standard output. */
export async function runCommand(graphPath: string, flags: RunFlags): Promise<number> {
  const limits = { ...readLimits(flags), maxCacheBytes: readCacheBudget() };
  const opened = await openGraph(graphPath, flags);
  const canceled = listenForCancel();
  const { stderr } = process;
  const draw = createProgressLines({
    isTTY: stderr.isTTY === true,
    columns: stderr.columns || 80, // 0 where the terminal does not know
    write: (text) => stderr.write(text),
  });
  const place = {
    graphPath,
    home: findHome(),
    packages: nodePackages,
    workerEntry,
    engine: flags.engine,
  };
  const tracking = flags.track.length > 0 ? await openTracking(opened.graph, flags, place) : null;
  const tell = flags.json ? (event: RunEvent) => console.log(JSON.stringify(event)) : draw;
  const finished = await startRun({
    ...opened,
    ...place,
    ...limits,
    signal: canceled.signal,
    onEvent: (event) => {
      tracking?.follow(event);
      tell(event);
    },
  });
  canceled.stop();
  await tracking?.finish(finished.result).catch(explainLostTracking);
  if (!flags.json) summarize(finished);
  const evicted = printEviction(finished.eviction);
  if (evicted !== undefined) console.error(evicted);
  const { error } = finished.result;
  return error === null ? 0 : exitCodes[error.code];
}

/** Trackers are loaded only where one is asked for: a run should start at once. */
async function openTracking(graph: Graph, flags: RunFlags, place: TrackPlace) {
  const { openTracker, trackRun } = await import('@radiograph/sweep');
  const values = parseCell(flags.variant ?? []);
  return trackRun(flags.track.map(openTracker), { graph, values, place });
}

/** `--jobs` and `--memory`. @throws a usage error naming the flag. */
function readLimits({ jobs, memory }: Pick<RunFlags, 'jobs' | 'memory'>) {
  const count = Number(jobs);
  if (!Number.isInteger(count) || count < 1)
    throw new RadiographError('usage', {
      path: '--jobs',
      message: `expected a whole number from 1, got ${jobs}`,
    });
  return memory === undefined
    ? { jobs: count }
    : { jobs: count, memoryBytes: parseBytes('--memory', memory) };
}

const mostNotices = 12; // of a step; its log in events.jsonl has all

/** What the steps gave notice of, also those that were reused: left out, left over, decided. */
function printNotices(steps: FinishedRun['result']['steps']): string[] {
  const told = Object.entries(steps).filter(([, { notices = [] }]) => notices.length > 0);
  if (told.length === 0) return [];
  const lines = told.flatMap(([nodeId, { notices = [] }]) => {
    const rest = notices.length - mostNotices;
    const more = rest > 0 ? [`  ${nodeId}: and ${rest} more`] : [];
    return [...notices.slice(0, mostNotices).map((notice) => `  ${nodeId}: ${notice}`), ...more];
  });
  return ['\nwhat the data were:', ...lines];
}

function summarize({ result, tables, files, folder }: FinishedRun): void {
  for (const { nodeId, label, table } of tables) {
    const name = label === nodeId ? nodeId : `${nodeId} (${label})`;
    console.log(
      `\n${printTable({ ...table, title: `${name}: ${table.title}` }, { most: mostRows })}`,
    );
  }
  for (const line of printNotices(result.steps)) console.log(line);
  const count = (status: string) =>
    Object.values(result.steps).filter((step) => step.status === status).length;
  // A step that a cancel stopped has begun and not ended; it keeps its checkpoint.
  const failed = result.status === 'canceled' ? 'stopped' : 'failed';
  const counts = ['ran', 'reused', 'failed', 'skipped']
    .filter((status) => count(status) > 0)
    .map((status) => `${count(status)} ${status === 'failed' ? failed : status}`);
  const what = counts.length === 0 ? '' : `: ${counts.join(', ')}`;
  console.log(`\n${result.status} in ${printDuration(result.seconds)}${what}`);
  if (files.length > 0)
    console.log(`figures, tables and scores: ${relative(process.cwd(), folder)}/outputs`);
  if (result.error !== null) console.error(`\nerror: ${result.error.message}`);
}
