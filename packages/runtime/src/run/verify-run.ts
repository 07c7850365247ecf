/** Runs a recorded run again, in a store of its own, and compares what comes out. */
import { join } from 'node:path';
import { createRegistry, parseDocument, RadiographError, validateGraph } from '@radiograph/graph';
import { readTextIfPresent } from '../store/files.ts';
import { openStore } from '../store/store.ts';
import { largestDifference } from './largest-difference.ts';
import { RunStart, readRun } from './run-record.ts';
import { nodeTypesOf } from './services.ts';
import { type RunOptions, startRun } from './start-run.ts';

export type VerifyOptions = Pick<
  RunOptions,
  'home' | 'packages' | 'workerEntry' | 'workerArguments' | 'onEvent' | 'signal'
> & {
  /** A finished run, or `latest`. */
  readonly runId: string;
  /** An empty folder, for the second run. */
  readonly scratch: string;
  /** The largest difference of two numbers that still counts as equal; 0 asks for the same bytes. */
  readonly tolerance?: number;
};

/** An output that came out otherwise. `difference` is Infinity where it is not one of numbers, or an artifact is gone. */
export type Mismatch = {
  readonly nodeId: string;
  readonly port: string;
  readonly before: string;
  /** Undefined if the second run did not make it. */
  readonly after: string | undefined;
  readonly difference: number;
};

export type Verification = {
  readonly runId: string;
  /** Outputs that were compared. */
  readonly compared: number;
  readonly mismatches: readonly Mismatch[];
};

/** Verifies a run with the code that is installed now. @throws a usage error if the run made nothing, a node error if it cannot be run again. */
export async function verifyRun(options: VerifyOptions): Promise<Verification> {
  const { home, scratch, tolerance = 0, runId: wanted, ...start } = options;
  const { runId, steps } = await readRun(home, wanted);
  const { graphPath, only, engine, text } = await readStarted(home, runId);
  const choice = only === null ? {} : { only };
  const registry = createRegistry(nodeTypesOf(start.packages));
  const graph = validateGraph(parseDocument(text), registry, choice);
  const again = await startRun({ ...start, ...choice, graph, graphPath, engine, home: scratch });
  if (again.result.status !== 'done') {
    const { code, message } = again.result.error!;
    throw new RadiographError(code === 'internal' ? 'node' : code, { path: runId, message });
  }
  const outputs = Object.entries(steps).flatMap(([nodeId, step]) =>
    Object.entries(step.outputs).map(([port, before]) => ({ nodeId, port, before })),
  );
  const mismatches: Mismatch[] = [];
  for (const output of outputs) {
    const after = again.result.steps[output.nodeId]?.outputs[output.port];
    if (after === output.before) continue;
    const difference = await measure(home, output.before, [scratch, after]);
    if (difference > tolerance) mismatches.push({ ...output, after, difference });
  }
  return { runId, compared: outputs.length, mismatches };
}

async function readStarted(home: string, runId: string): Promise<RunStart & { text: string }> {
  const start = await readTextIfPresent(join(home, 'runs', runId, 'run.json'));
  const text = await readTextIfPresent(join(home, 'runs', runId, 'graph.json'));
  if (start !== undefined && text !== undefined)
    return { ...RunStart.parse(JSON.parse(start)), text };
  throw new RadiographError('usage', {
    path: runId,
    message: 'expected a record with run.json and graph.json, got one without',
  });
}

async function measure(
  home: string,
  before: string,
  [scratch, after]: readonly [string, string | undefined],
): Promise<number> {
  if (after === undefined || !(await openStore(home).has(before))) return Number.POSITIVE_INFINITY;
  const [a, b] = [await openStore(home).get(before), await openStore(scratch).get(after)];
  return largestDifference(a.value, b.value);
}
