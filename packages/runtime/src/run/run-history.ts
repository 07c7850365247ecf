/** Reading the records of runs: finished, still running, or interrupted by a crash. */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { RadiographError } from '@radiograph/graph';
import { RunEvent } from '../execute/events.ts';
import { isAlive } from '../lease/process-identity.ts';
import { readSmallText, readTextIfPresent } from '../store/files.ts';
import { readManifest } from './manifest.ts';
import { listRuns, RunResult, RunStart } from './run-record.ts';
import type { RunDetails, RunSummary, StepResult, StepStatus } from './run-shapes.ts';
import { trackStep } from './track-step.ts';

const pauseEvery = 50; // runs between two looks at other work, so that a server stays awake

/** All runs, newest first. A folder without a readable start is left out: it is being created, or is not ours. */
export async function summarizeRuns(home: string, limit = 1000): Promise<RunSummary[]> {
  const ids = (await listRuns(home)).reverse().slice(0, limit);
  const summaries: RunSummary[] = [];
  for (const [i, runId] of ids.entries()) {
    const summary = await summarizeRun(home, runId);
    if (summary !== undefined) summaries.push(summary);
    if (i % pauseEvery === pauseEvery - 1) await setImmediate();
  }
  return summaries;
}

/** One run in full. @throws a usage error if there is none of this id. */
export async function readRunDetails(home: string, runId: string): Promise<RunDetails> {
  const known = (await listRuns(home)).includes(runId);
  const summary = known ? await summarizeRun(home, runId) : undefined;
  if (summary === undefined)
    throw new RadiographError('usage', {
      path: 'run',
      message: `expected the id of a run, got ${runId}`,
    });
  const { steps } = await readSteps(home, runId);
  const graphText = (await readTextIfPresent(join(home, 'runs', runId, 'graph.json'))) ?? '';
  const manifest = await readManifest(home, runId).catch(() => undefined);
  return { ...summary, steps, graphText, manifest: manifest ?? null };
}

/** The events of a run after number `after`, in order. A torn last line (it is being written) is left out. */
export async function readRunEvents(
  home: string,
  runId: string,
  after = 0,
): Promise<readonly RunEvent[]> {
  const lines = await readLines(home, runId);
  return lines.flatMap((line) => {
    const event = parseLine(line);
    return event === undefined || event.id <= after ? [] : [event];
  });
}

async function readLines(home: string, runId: string): Promise<string[]> {
  const text = await readTextIfPresent(join(home, 'runs', runId, 'events.jsonl'));
  return (text ?? '').split('\n').filter(Boolean);
}

function parseLine(line: string): RunEvent | undefined {
  try {
    return RunEvent.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

async function summarizeRun(home: string, runId: string): Promise<RunSummary | undefined> {
  const start = readStart(home, runId);
  if (start === undefined) return undefined;
  const text = readSmallText(join(home, 'runs', runId, 'result.json'));
  const result = parseResult(text);
  const status = result?.status ?? (isAlive(start.pid) ? 'running' : 'interrupted');
  const { steps, unreadable } = result
    ? { ...result, unreadable: 0 }
    : await readSteps(home, runId);
  const count = (status: StepStatus) =>
    Object.values(steps).filter((step) => step.status === status).length;
  return {
    runId,
    graph: start.graph,
    graphPath: start.graphPath,
    status,
    startedAt: start.startedAt,
    seconds: result?.seconds ?? null,
    counts: {
      ran: count('ran'),
      reused: count('reused'),
      skipped: count('skipped'),
      failed: count('failed'),
    },
    error:
      status === 'interrupted'
        ? explainInterruption(start, unreadable)
        : (result?.error?.message ?? null),
    keys: Object.values(steps).flatMap(({ key, status }) =>
      key !== undefined && (status === 'ran' || status === 'reused') ? [key] : [],
    ),
  };
}

/** A result that a disk damaged is none: the events tell the steps. */
function parseResult(text: string | undefined): RunResult | undefined {
  if (text === undefined) return undefined;
  try {
    return RunResult.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function readStart(home: string, runId: string): RunStart | undefined {
  try {
    const text = readSmallText(join(home, 'runs', runId, 'run.json'));
    return text === undefined ? undefined : RunStart.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Steps from the events, and how many lines of these cannot be read. */
async function readSteps(home: string, runId: string) {
  const steps: Record<string, StepResult> = {};
  const lines = await readLines(home, runId);
  const events = lines.flatMap((line) => parseLine(line) ?? []);
  for (const event of events) trackStep(steps, event);
  return { steps, unreadable: lines.length - events.length };
}

function explainInterruption({ pid }: RunStart, unreadable: number): string {
  const lines =
    unreadable === 1 ? '1 line of events.jsonl is' : `${unreadable} lines of events.jsonl are`;
  const torn = unreadable === 0 ? '' : `; ${lines} torn and left out`;
  return `process ${pid}, which recorded it, is gone; finished steps are kept, run again to continue (what the queue had started waits in it again)${torn}`;
}
