/** What stays of a run: `.radiograph/runs/<id>/{run.json, manifest.json, graph.json, plan.json, events.jsonl, result.json, outputs/}`. */
import { join, resolve } from 'node:path';
import { type Plan, printDocument, RadiographError } from '@radiograph/graph';
import { engineNames } from '@radiograph/tensor';
import { z } from 'zod';
import { ErrorReport, type NewEvent, type RunEvent } from '../execute/events.ts';
import { reportError } from '../execute/report-error.ts';
import { readTextIfPresent, writeDurably } from '../store/files.ts';
import { reportPlan } from './plan-report.ts';
import { listRecords, makeRecord, openEventLines } from './record-folder.ts';
import { EndStatus, type RunManifest, StepResult } from './run-shapes.ts';

/** How a run ended. */
export const RunResult = z.strictObject({
  runId: z.string(),
  graph: z.string(),
  status: EndStatus,
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
  /** Keeps what the run is made of. */
  readonly describe: (manifest: RunManifest) => Promise<void>;
  /** Numbers an event and appends it to events.jsonl. A full disk does not stop the run: `finish` reports it. */
  readonly append: (event: NewEvent) => RunEvent;
  /** Writes the result; gives it back, with the error if the record could not be kept. */
  readonly finish: (result: RunResult) => Promise<RunResult>;
};

/** Begins the record of a run: its folder, graph and plan. */
export async function beginRecord(
  home: string,
  plan: Plan,
  { graphPath, only, engine }: Pick<RunStart, 'graphPath' | 'only' | 'engine'>,
): Promise<RunRecord> {
  const { id: runId, folder } = await makeRecord(join(home, 'runs'));
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
  await writeDurably(join(folder, 'plan.json'), `${JSON.stringify(reportPlan(plan), null, 2)}\n`);
  const lines = openEventLines(folder);
  let id = 0;
  return {
    runId,
    folder,
    describe: (manifest) =>
      writeDurably(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`),
    append(event) {
      id++;
      // The spread of a union member keeps its type; TypeScript sees only the union.
      const numbered = { id, time: new Date().toISOString(), ...event } as RunEvent;
      lines.append(numbered);
      return numbered;
    },
    async finish(result) {
      const text = `${JSON.stringify(result, null, 2)}\n`;
      const unwritten = await writeDurably(join(folder, 'result.json'), text).catch(
        (error: unknown) => error,
      );
      lines.close();
      const lost = lines.lost() ?? unwritten;
      if (lost === undefined) return result;
      return { ...result, status: 'failed', error: result.error ?? reportError(lost) };
    },
  };
}

/** Ids of all runs, oldest first. */
export const listRuns = (home: string): Promise<string[]> => listRecords(join(home, 'runs'));

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
