import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { diffDocuments, RadiographError } from '@radiograph/graph';
import {
  diffRuns,
  exportCrate,
  listRuns,
  openStore,
  type RunChange,
  type RunDetails,
  readRunDetails,
  verifyRun,
} from '@radiograph/runtime';
import { countOf, printBounds, printNumber } from '@radiograph/statistics';
import { exitCodes } from '../exit-codes.ts';
import { findHome, readDocument } from '../open-graph.ts';
import { nodePackages, registry } from '../registry.ts';
import {
  type DescribedRun,
  describeRuns,
  type RunScore,
  readRunScores,
} from '../runs/describe-runs.ts';
import { printDuration } from '../terminal/print-duration.ts';
import { printTable } from '../terminal/print-table.ts';
import { createProgressLines } from '../terminal/progress-lines.ts';

type Json = { readonly json: boolean };
const workerEntry = fileURLToPath(new URL('../../bin/worker.js', import.meta.url));

/** `radiograph runs`: the newest runs with their dates, arms and scores. */
export async function runsCommand(flags: Json & { readonly limit: string }): Promise<number> {
  const limit = readLimit(flags.limit);
  const home = findHome();
  const runs = await describeRuns({ home, registry, store: openStore(home) }, limit);
  if (flags.json) {
    console.log(JSON.stringify(runs, null, 2));
    return 0;
  }
  const all = (await listRuns(home)).length;
  const title = runs.length < all ? `${runs.length} of ${all} runs` : countOf(all, 'run');
  const columns = ['run', 'started', 'graph', 'arm', 'status', 'took', 'mIoU', 'steps'];
  console.log(printTable({ title, columns, rows: runs.map(describeRow) }));
  return 0;
}

function describeRow({ cell, scores, counts, ...run }: DescribedRun): string[] {
  const steps = (['ran', 'reused', 'failed'] as const)
    .filter((status) => counts[status] > 0)
    .map((status) => `${counts[status]} ${status}`);
  return [
    run.runId,
    run.startedAt.slice(0, 16).replace('T', ' '),
    run.graph,
    cell === null ? '' : `${cell.arm} seed=${cell.seed}`,
    run.status,
    run.seconds === null ? '' : printDuration(run.seconds),
    scores.map(printScore).join('; '),
    steps.join(', '),
  ];
}

/** `0.338 [0.301, 0.371]`. */
function printScore({ mean, interval }: Pick<RunScore, 'mean' | 'interval'>): string {
  if (mean === null) return 'undefined';
  return `${printNumber(mean)}${interval === null ? '' : ` ${printBounds(interval)}`}`;
}

function readLimit(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RadiographError('usage', {
    path: '--limit',
    message: `expected a whole number from 1, got ${text}`,
  });
}

/** `radiograph verify RUN`: runs it again in a scratch store and compares every output. Exit code 6 if one differs. */
export async function verifyCommand(
  runId: string,
  flags: Json & { readonly tolerance: string },
): Promise<number> {
  const tolerance = readTolerance(flags.tolerance);
  const scratch = await mkdtemp(join(tmpdir(), 'radiograph-verify-'));
  try {
    const { stderr } = process;
    const draw = createProgressLines({
      isTTY: stderr.isTTY === true,
      columns: stderr.columns || 80,
      write: (text) => stderr.write(text),
    });
    const start = { packages: nodePackages, workerEntry, onEvent: draw };
    const found = await verifyRun({ ...start, home: findHome(), runId, scratch, tolerance });
    if (flags.json) console.log(JSON.stringify(found, null, 2));
    else {
      for (const { nodeId, port, before, after, difference } of found.mismatches)
        console.log(
          `${nodeId}.${port}: ${before.slice(0, 12)} -> ${after?.slice(0, 12) ?? 'nothing'}, largest difference ${difference}`,
        );
      const equal = found.compared - found.mismatches.length;
      const how = tolerance === 0 ? 'to the bit' : `within ${tolerance}`;
      console.log(`${found.runId}: ${equal} of ${found.compared} outputs equal ${how}`);
    }
    return found.mismatches.length === 0 ? 0 : exitCodes.mismatch;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function readTolerance(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0) return value;
  throw new RadiographError('usage', {
    path: '--tolerance',
    message: `expected a number from 0, got ${text}`,
  });
}

function printChange({ part, path, before, after }: RunChange): string {
  if (before === undefined)
    return `+ ${part} ${path}${part === 'wire' ? '' : ` = ${printValue(after)}`}`;
  if (after === undefined) return `- ${part} ${path}`;
  return `~ ${part} ${path}: ${printValue(before)} -> ${printValue(after)}`;
}

const widest = 100; // of a text whose end says less than the next line does

/** `--json` has it whole. */
function printValue(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= widest ? text : `${text.slice(0, widest)}…`;
}

/** `radiograph diff GRAPH GRAPH`: what differs in meaning; places on the canvas do not count. Exit code 6 if something does. */
export async function diffCommand(before: string, after: string, flags: Json): Promise<number> {
  const [a, b] = [await readDocument(before), await readDocument(after)];
  return printChanges(
    diffDocuments(a, b).filter(({ part }) => part !== 'drawing'),
    flags,
  );
}

/** `radiograph runs diff A B`: what two runs were made of, what came out and what it scored. Exit code 6 if something differs. */
export async function runsDiffCommand(before: string, after: string, flags: Json): Promise<number> {
  const [a, b] = await Promise.all([before, after].map((wanted) => readDetails(wanted)));
  const changes = diffRuns(a!, b!); // two went in
  if (flags.json) {
    console.log(JSON.stringify([...changes, ...(await diffScores(a!, b!))], null, 2));
    return changes.length === 0 ? 0 : exitCodes.mismatch;
  }
  const code = printChanges(changes, flags);
  for (const { path, before: was, after: is } of await diffScores(a!, b!))
    console.log(
      `~ score ${path}: ${was === null ? '-' : printScore(was)} -> ${is === null ? '-' : printScore(is)}`,
    );
  return code;
}

/** Evaluators whose scores differ, by node. */
async function diffScores(a: RunDetails, b: RunDetails) {
  const home = findHome();
  const sources = { home, registry, store: openStore(home) };
  const [before, after] = [
    await readRunScores(a.runId, sources),
    await readRunScores(b.runId, sources),
  ];
  const nodes = [...new Set([...before, ...after].map(({ nodeId }) => nodeId))];
  return nodes.flatMap((path) => {
    const [was = null, is = null] = [before, after].map((list) =>
      list.find(({ nodeId }) => nodeId === path),
    );
    const isSame = JSON.stringify(was) === JSON.stringify(is);
    return isSame ? [] : [{ part: 'score' as const, path, before: was, after: is }];
  });
}

/** `radiograph runs export RUN --ro-crate FOLDER`. */
export async function runsExportCommand(
  wanted: string,
  flags: { readonly roCrate: string; readonly license?: string },
): Promise<number> {
  const { runId } = await readDetails(wanted);
  const { roCrate: folder, license } = flags;
  const choice = license === undefined ? {} : { license };
  const files = await exportCrate({ home: findHome(), runId, folder, ...choice });
  console.log(`${runId}: ${files.length} files in ${folder}`);
  return 0;
}

async function readDetails(wanted: string) {
  const home = findHome();
  const latest = wanted === 'latest' ? (await listRuns(home)).at(-1) : undefined;
  return readRunDetails(home, latest ?? wanted);
}

function printChanges(changes: readonly RunChange[], flags: Json): number {
  if (flags.json) console.log(JSON.stringify(changes, null, 2));
  else if (changes.length === 0) console.log('no difference');
  else for (const change of changes) console.log(printChange(change));
  return changes.length === 0 ? 0 : exitCodes.mismatch;
}
