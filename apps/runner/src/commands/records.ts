import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { diffDocuments, RadiographError } from '@radiograph/graph';
import {
  diffRuns,
  exportCrate,
  listRuns,
  type RunChange,
  readRunDetails,
  summarizeRuns,
  verifyRun,
} from '@radiograph/runtime';
import { exitCodes } from '../exit-codes.ts';
import { findHome, readDocument } from '../open-graph.ts';
import { nodePackages } from '../registry.ts';
import { printDuration } from '../terminal/print-duration.ts';
import { printTable } from '../terminal/print-table.ts';
import { createProgressLines } from '../terminal/progress-lines.ts';

type Json = { readonly json: boolean };
const workerEntry = fileURLToPath(new URL('../../bin/worker.js', import.meta.url));

/** `radiograph runs`: every run, newest first. */
export async function runsCommand(flags: Json): Promise<number> {
  const runs = await summarizeRuns(findHome());
  if (flags.json) {
    console.log(JSON.stringify(runs, null, 2));
    return 0;
  }
  const rows = runs.map(({ runId, graph, status, seconds, counts }) => [
    runId,
    graph,
    status,
    seconds === null ? '' : printDuration(seconds),
    counts.ran,
    counts.reused,
    counts.failed,
  ]);
  const columns = ['run', 'graph', 'status', 'took', 'ran', 'reused', 'failed'];
  console.log(printTable({ title: `${runs.length} runs`, columns, rows }));
  return 0;
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

/** `radiograph runs diff A B`: what two runs were made of and what came out. Exit code 6 if something differs. */
export async function runsDiffCommand(before: string, after: string, flags: Json): Promise<number> {
  const [a, b] = await Promise.all([before, after].map((wanted) => readDetails(wanted)));
  return printChanges(diffRuns(a!, b!), flags); // two went in
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
