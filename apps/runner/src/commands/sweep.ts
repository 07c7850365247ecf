import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Cell, parseJsonText, RadiographError } from '@radiograph/graph';
import { keepWithin } from '@radiograph/runtime';
import {
  createLocalExecutor,
  createSlurmExecutor,
  type Executor,
  type LocalOptions,
  openSweep,
  openTracker,
  SlurmSettings,
  type SweepPlan,
  type SweepRequest,
  type SweepResult,
  startSweep,
  sumEstimates,
  trackSweep,
} from '@radiograph/sweep';
import { type EngineName, openEngine } from '@radiograph/tensor';
import { z } from 'zod';
import { printEviction, readCacheBudget } from '../cache-budget.ts';
import { exitCodes } from '../exit-codes.ts';
import { findHome, readDocument } from '../open-graph.ts';
import { nodePackages } from '../registry.ts';
import { parseBytes } from '../terminal/bytes.ts';
import { explainLostTracking } from '../terminal/explain-lost-tracking.ts';
import { listenForCancel } from '../terminal/listen-for-cancel.ts';
import { printDuration } from '../terminal/print-duration.ts';
import { createSweepLines } from '../terminal/sweep-lines.ts';
import { printReport, reportSweep } from './report.ts';
import { workerEntry } from './run.ts';

export type SweepFlags = {
  readonly set: readonly string[];
  readonly json: boolean;
  readonly engine: EngineName;
  readonly axis: readonly string[];
  readonly grid: readonly string[];
  readonly skip: readonly string[];
  readonly combine?: NonNullable<SweepRequest['combine']>;
  readonly seeds?: string;
  readonly workers?: string;
  readonly memory?: string;
  readonly devices?: string;
  readonly shards?: string;
  readonly executor: 'local' | 'slurm';
  readonly slurmConfig?: string;
  readonly track: readonly string[];
  readonly stdin: boolean;
  readonly dryRun: boolean;
};

/** `radiograph sweep`: every cell of an ablation, what they share once; `--json`: events as JSONL on standard output. */
export async function sweepCommand(graphPath: string, flags: SweepFlags): Promise<number> {
  const document = await readDocument(graphPath, { set: flags.set, stdin: flags.stdin });
  const home = findHome();
  const place = { home, graphPath, packages: nodePackages, workerEntry, engine: flags.engine };
  const request = readRequest(flags);
  const shards = readCount('--shards', flags.shards) ?? 1;
  if (flags.dryRun) {
    console.log(describePlan(await openSweep({ document, request, place, shards })));
    return 0;
  }
  const maxBytes = readCacheBudget();
  const canceled = listenForCancel();
  const draw = createSweepLines((line) => process.stderr.write(`${line}\n`));
  const tracking = await trackSweep(flags.track.map(openTracker), place);
  const { result, folder } = await startSweep({
    document,
    request,
    place,
    shards,
    maxCacheBytes: maxBytes,
    executor: chooseExecutor(flags),
    command: printCommand(process.argv.slice(2)),
    signal: canceled.signal,
    onPlan: (plan) => {
      tracking.begin(plan);
      process.stderr.write(`${describePlan(plan)}\n`);
    },
    onEvent: (event) => {
      tracking.follow(event);
      if (flags.json) console.log(JSON.stringify(event));
      else draw(event);
    },
  });
  canceled.stop();
  if (!flags.json) summarize(result, folder);
  const isReported = (!flags.json || flags.track.length > 0) && hasDone(result);
  const report = isReported ? await reportSweep(result.sweepId).catch(explainMissing) : undefined;
  if (report !== undefined && !flags.json) printReport(report);
  await tracking.finish({ result, report }).catch(explainLostTracking);
  await keepBudget(home, maxBytes); // the report has read what it needs
  return result.status === 'done' ? 0 : exitCodes[result.status === 'failed' ? 'node' : 'canceled'];
}

async function keepBudget(home: string, maxBytes: number | undefined): Promise<void> {
  if (maxBytes === undefined) return;
  const said = printEviction(await keepWithin({ home, maxBytes, packages: nodePackages }));
  if (said !== undefined) process.stderr.write(`${said}\n`);
}

const hasDone = ({ cells }: SweepResult): boolean => cells.some(({ status }) => status === 'done');

const jobEntry = fileURLToPath(new URL('../../bin/sweep-job.js', import.meta.url));

function chooseExecutor(flags: SweepFlags): Executor {
  const { executor, slurmConfig } = flags;
  switch (executor) {
    case 'local':
      return createLocalExecutor(readLimits(flags));
    case 'slurm':
      return createSlurmExecutor({
        settings: readSlurmSettings(slurmConfig),
        jobCommand: [process.execPath, jobEntry],
      });
  }
}

function readLimits({ workers, memory, devices, engine }: SweepFlags): LocalOptions {
  const count = readCount('--workers', workers);
  const { accelerator, description } = openEngine(engine);
  if (devices !== undefined && accelerator !== 'cuda')
    throw new RadiographError('usage', {
      path: '--devices',
      message: `expected an engine whose devices have numbers (--engine ort-cuda, or tfjs with @tensorflow/tfjs-node-gpu), got ${description}`,
    });
  return {
    ...(count === undefined ? {} : { workers: count }),
    ...(memory === undefined ? {} : { memoryBytes: parseBytes('--memory', memory) }),
    ...(devices === undefined ? {} : { devices: devices.split(',').map((name) => name.trim()) }),
  };
}

function readSlurmSettings(path: string | undefined): SlurmSettings {
  if (path === undefined) return SlurmSettings.parse({});
  try {
    return SlurmSettings.parse(parseJsonText(readFileSync(path, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new RadiographError('usage', {
      path,
      message: `expected settings of the Slurm executor, got: ${why}`,
    });
  }
}

/** What was typed, to be typed again: what a shell would cut is in quotes, and a graph that came from elsewhere is read from its file. */
function printCommand(words: readonly string[]): string {
  const quote = (word: string) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
  const typed = words.filter((word) => word !== '--stdin');
  return ['radiograph', ...typed.map(quote)].join(' ');
}

/** A graph without an evaluator has nothing to report; the sweep is whole without it. */
function explainMissing(error: unknown): undefined {
  if (!(error instanceof RadiographError)) throw error;
  process.stderr.write(`no report: ${error.message}\n`);
}

function readRequest({ axis, grid, skip, combine, seeds }: SweepFlags): SweepRequest {
  const count = readCount('--seeds', seeds);
  return {
    axes: axis,
    grids: grid,
    skip: skip.map(parseSkip),
    ...(combine === undefined ? {} : { combine }),
    ...(count === undefined ? {} : { seeds: count }),
  };
}

/** `supervision=weak,rho=0.5`: cells that have all these values. */
function parseSkip(text: string): Cell {
  const pairs = text.split(',').map((pair) => pair.split('='));
  if (pairs.some((pair) => pair.length !== 2))
    throw new RadiographError('usage', {
      path: `--skip ${text}`,
      message: 'expected axis=value,axis=value',
    });
  return Object.fromEntries(pairs as [string, string][]); // each has two parts
}

function readCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1000) return count;
  throw new RadiographError('usage', {
    path: name,
    message: `expected a whole number from 1 to 1000, got ${text}`,
  });
}

function describePlan({ cells, tasks, jobs }: SweepPlan): string {
  const running = tasks.filter(({ state }) => state === 'run');
  const steps = cells.reduce((sum, { graph }) => sum + graph.nodes.length, 0);
  const { seconds, unknown } = sumEstimates(running);
  const time = `${printDuration(seconds)} of computing`;
  const unknowns = unknown === 0 ? '' : `, and ${unknown} that have never run`;
  const lines = jobs.map(({ id, cells: users, tasks: own, only }) => {
    const names = users.map((cell) => cells[cell]!.name).join(', ');
    return `  ${id}: ${names}${only === null ? '' : ` share ${only.join(', ')}`} (${own.length} to run)`;
  });
  return [
    `${cells.length} cells, ${steps} steps, ${tasks.length} of them different: ${running.length} to run, ${tasks.length - running.length} in the store`,
    ...lines,
    `estimated from earlier runs: ${time}${unknowns}`,
  ].join('\n');
}

function summarize({ cells, steps, status, seconds, sweepId }: SweepResult, folder: string): void {
  const failed = cells.filter((cell) => cell.status !== 'done');
  for (const { name, status: how, reason } of failed) console.log(`${name}: ${how}: ${reason}`);
  const counts = `${cells.length - failed.length} of ${cells.length} cells done`;
  console.log(
    `\n${status} in ${printDuration(seconds)}: ${counts}, ${steps.ran} steps ran, ${steps.reused} reused`,
  );
  console.log(`sweep ${sweepId}: ${relative(process.cwd(), folder)}`);
}
