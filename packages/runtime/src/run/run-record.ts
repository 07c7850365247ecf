/** What stays of a run: `.radiograph/runs/<id>/{run.json, graph.json, plan.json, events.jsonl, result.json, outputs/}`. */
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Plan, printDocument, RadiographError } from '@radiograph/graph';
import { engineNames } from '@radiograph/tensor';
import { z } from 'zod';
import { ErrorReport, type NewEvent, type RunEvent } from '../execute/events.ts';
import { isErrno, readTextIfPresent, writeDurably } from '../store/files.ts';

const StepResult = z.strictObject({
  status: z.enum(['ran', 'reused', 'skipped', 'failed']),
  seconds: z.number(),
  reason: z.string(),
  /** Artifact digest by output port. */
  outputs: z.record(z.string(), z.string()),
});
/** How one node of a run ended. */
export type StepResult = z.infer<typeof StepResult>;

/** How a run ended. */
export const RunResult = z.strictObject({
  runId: z.string(),
  graph: z.string(),
  status: z.enum(['done', 'failed', 'canceled']),
  seconds: z.number(),
  finishedAt: z.string(),
  steps: z.record(z.string(), StepResult),
  error: ErrorReport.nullable(),
});
export type RunResult = z.infer<typeof RunResult>;

/** What is known when a run begins. `pid` is the process that listens to the worker. */
export const RunStart = z.strictObject({
  runId: z.string(),
  graph: z.string(),
  graphPath: z.string(),
  only: z.array(z.string()).nullable(),
  engine: z.enum(engineNames).default('ort'),
  pid: z.int(),
  startedAt: z.string(),
});
export type RunStart = z.infer<typeof RunStart>;

/** The folder of one run, open for writing. */
export type RunRecord = {
  readonly runId: string;
  readonly folder: string;
  /** Numbers an event and appends it to events.jsonl. */
  readonly append: (event: NewEvent) => RunEvent;
  readonly finish: (result: RunResult) => Promise<void>;
};

/** Begins the record of a run: its folder, graph and plan. */
export async function beginRecord(
  home: string,
  plan: Plan,
  { graphPath, only, engine }: Pick<RunStart, 'graphPath' | 'only' | 'engine'>,
): Promise<RunRecord> {
  const runId = createRunId();
  const folder = join(home, 'runs', runId);
  mkdirSync(folder, { recursive: true });
  const start: RunStart = {
    runId,
    graph: plan.graph.document.name,
    graphPath: resolve(graphPath),
    only,
    engine,
    pid: process.pid,
    startedAt: new Date().toISOString(),
  };
  await writeDurably(join(folder, 'run.json'), `${JSON.stringify(start, null, 2)}\n`);
  await writeDurably(join(folder, 'graph.json'), printDocument(plan.graph.document));
  await writeDurably(join(folder, 'plan.json'), `${JSON.stringify(plan.steps, null, 2)}\n`);
  let id = 0;
  return {
    runId,
    folder,
    append(event) {
      id++;
      // The spread of a union member keeps its type; TypeScript sees only the union.
      const numbered = { id, time: new Date().toISOString(), ...event } as RunEvent;
      // Synchronous, so that a crash right after loses nothing; runs write a few lines a second.
      appendFileSync(join(folder, 'events.jsonl'), `${JSON.stringify(numbered)}\n`);
      return numbered;
    },
    finish: (result) =>
      writeDurably(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`),
  };
}

/** Ids of all runs, oldest first. */
export async function listRuns(home: string): Promise<string[]> {
  try {
    return (await readdir(join(home, 'runs'))).sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/** The result of a run; `latest` is the newest. @throws a usage error if there is none. */
export async function readRun(home: string, wanted: string): Promise<RunResult> {
  const ids = await listRuns(home);
  const runId = wanted === 'latest' ? ids.at(-1) : ids.find((id) => id === wanted);
  if (runId === undefined) {
    const known = ids.length === 0 ? 'there are none yet' : `one of ${ids.slice(-5).join(', ')}`;
    throw new RadiographError('usage', {
      path: 'run',
      message: `expected the id of a run (${known}), got ${wanted}`,
    });
  }
  const text = await readTextIfPresent(join(home, 'runs', runId, 'result.json'));
  if (text === undefined)
    throw new RadiographError('usage', {
      path: runId,
      message: 'expected a finished run; this one is still running or was killed',
    });
  return RunResult.parse(JSON.parse(text));
}

/** Sorts by time, to the millisecond; the tail keeps two runs of one moment apart. */
function createRunId(): string {
  const stamp = new Date()
    .toISOString()
    .replace(/[-:.Z]/g, '')
    .replace('T', '-');
  return `${stamp}-${randomBytes(2).toString('hex')}`;
}
