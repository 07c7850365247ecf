/** `radiograph queue`: runs that wait in `.radiograph/queue` until a runner or a server takes them. */
import { resolve } from 'node:path';
import { printDocument, RadiographError } from '@radiograph/graph';
import { type FinishedRun, openQueue, type QueueChange, QueueRunner } from '@radiograph/runtime';
import type { EngineName } from '@radiograph/tensor';
import { printEviction, readCacheBudget } from '../cache-budget.ts';
import type { Part } from '../choose-nodes.ts';
import { exitCodes } from '../exit-codes.ts';
import { type Changes, findHome, openGraph } from '../open-graph.ts';
import { nodePackages } from '../registry.ts';
import { listenForCancel } from '../terminal/listen-for-cancel.ts';
import { printTable } from '../terminal/print-table.ts';
import { createProgressLines } from '../terminal/progress-lines.ts';
import { workerEntry } from './run.ts';

export type QueueAddFlags = Changes &
  Part & {
    readonly engine: EngineName;
    readonly priority: string;
  };

/** `radiograph queue add GRAPH`: keeps the graph as it is now; prints the id. */
export async function queueAddCommand(path: string, flags: QueueAddFlags): Promise<number> {
  const priority = readInteger('--priority', flags.priority);
  const { graph, only: part } = await openGraph(path, flags);
  const { document } = graph;
  const only = part === undefined ? null : [...part];
  const { engine } = flags;
  const entry = { name: document.name, graphPath: resolve(path), only, engine, priority };
  console.log(await openQueue(findHome()).add({ ...entry, text: printDocument(document) }));
  return 0;
}

/** `radiograph queue ls`: what runs, then what waits, next first. */
export async function queueListCommand(flags: { readonly json: boolean }): Promise<number> {
  const state = await openQueue(findHome()).state();
  if (flags.json) {
    console.log(JSON.stringify(state, null, 2));
    return 0;
  }
  const rows = state.runs.map(({ id, name, priority, status, runId, addedAt }) => [
    id,
    name,
    priority,
    status,
    runId ?? '',
    addedAt,
  ]);
  const columns = ['id', 'graph', 'priority', 'status', 'run', 'added'];
  const title = `${rows.length} in the queue${state.isPaused ? ', which is paused' : ''}`;
  console.log(printTable({ title, columns, rows }));
  return 0;
}

/** `radiograph queue pause` and `resume`: what runs goes on. */
export async function queuePauseCommand(isPaused: boolean): Promise<number> {
  await openQueue(findHome()).pause(isPaused);
  console.log(isPaused ? 'paused: nothing new starts' : 'resumed');
  return 0;
}

/** `radiograph queue move ID PLACE`: 0 is next. */
export async function queueMoveCommand(id: string, place: string): Promise<number> {
  const index = readInteger('place', place);
  if (index < 0)
    throw new RadiographError('usage', {
      path: 'place',
      message: `expected 0 (next) or more, got ${place}`,
    });
  if (!(await openQueue(findHome()).move(id, index))) throw notThere(id, 'waits');
  return 0;
}

/** `radiograph queue rm ID`: takes a waiting run out, stops a running one at its next batch. */
export async function queueRemoveCommand(id: string): Promise<number> {
  if (!(await openQueue(findHome()).remove(id))) throw notThere(id, 'waits or runs');
  return 0;
}

/** `radiograph queue run`: runs what waits, one after another, until nothing is left; `--watch`: until Ctrl-C. */
export async function queueRunCommand(flags: { readonly watch: boolean }): Promise<number> {
  const { stderr } = process;
  const draw = createProgressLines({
    isTTY: stderr.isTTY === true,
    columns: stderr.columns || 80, // 0 where the terminal does not know
    write: (text) => stderr.write(text),
  });
  let exitCode = 0;
  const fail = (code: number) => {
    exitCode ||= code;
  };
  const onChange = (change: QueueChange): void => {
    if (change.type === 'run') draw(change.event);
    if (change.type !== 'run-refused') return;
    console.error(`error: ${change.name}: ${change.message}`);
    fail(exitCodes.graph);
  };
  const onFinish = ({ result }: FinishedRun): void => {
    console.log(`${result.runId} ${result.graph} ${result.status}`);
    if (result.error === null) return;
    console.error(`error: ${result.error.message}`);
    fail(exitCodes[result.error.code]);
  };
  const canceled = listenForCancel();
  const runner = new QueueRunner({
    queue: openQueue(findHome()),
    packages: nodePackages,
    workerEntry,
    untilEmpty: !flags.watch,
    onChange,
    onFinish,
    maxCacheBytes: readCacheBudget(),
    onEvict(eviction) {
      const evicted = printEviction(eviction);
      if (evicted !== undefined) console.error(evicted);
    },
  });
  canceled.signal.addEventListener('abort', () => void runner.close(), { once: true });
  await runner.ended;
  canceled.stop();
  return exitCode;
}

function readInteger(path: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value)) return value;
  throw new RadiographError('usage', { path, message: `expected a whole number, got ${text}` });
}

function notThere(id: string, what: string): RadiographError {
  return new RadiographError('usage', {
    path: id,
    message: `expected the id of a run that ${what} (see \`radiograph queue ls\`)`,
  });
}
