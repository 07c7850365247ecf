/** Where the fault tests run their graphs: homes of their own, and every event held against its published schema. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistry, type Graph, parseDocument, validateGraph } from '@radiograph/graph';
import {
  type FinishedRun,
  nodeTypesOf,
  type RunEvent,
  type RunOptions,
  startRun,
} from '@radiograph/runtime';
import { z } from 'zod';
import { buildPrograms } from '../build-programs.ts';
import { faultPackages } from './nodes.ts';

export type Nodes = Record<string, { type: string; params?: Record<string, unknown> }>;
export type Edges = readonly (readonly [string, string])[];

/** A run with what it told. */
type Observed = Pick<FinishedRun, 'result' | 'tables' | 'folder'> & {
  readonly statuses: Readonly<Record<string, string>>;
  readonly events: readonly RunEvent[];
  readonly logs: readonly string[];
};

export type Lab = {
  readonly newHome: () => string;
  readonly packages: ReturnType<typeof faultPackages>;
  readonly textOf: (nodes: Nodes, edges?: Edges) => string;
  readonly graphOf: (nodes: Nodes, edges?: Edges) => Graph;
  readonly run: (
    home: string,
    nodes: Nodes,
    edges?: Edges,
    change?: Partial<RunOptions>,
  ) => Promise<Observed>;
  /** A process that takes entries of the queue of a home; it prints the type of each event. */
  readonly startRunner: (home: string) => ChildProcess;
  readonly close: () => void;
};

/** A published schema; what does not fit it throws. */
export function readSchema(name: string) {
  const path = new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url);
  return z.fromJSONSchema(JSON.parse(readFileSync(path, 'utf8')));
}

/** Builds the worker, and opens a folder for the homes. */
export async function openLab(): Promise<Lab> {
  const work = mkdtempSync(join(tmpdir(), 'radiograph-faults-'));
  const names = ['worker', 'queue-runner'];
  const programs = await buildPrograms(import.meta.dirname, names, join(work, 'programs'));
  const packages = faultPackages(programs);
  const schema = readSchema('run-event');
  const registry = createRegistry(nodeTypesOf(packages));
  const graphOf = (nodes: Nodes, edges: Edges = []) =>
    validateGraph(parseDocument(printGraph(nodes, edges)), registry);
  let homes = 0;
  return {
    packages,
    graphOf,
    textOf: (nodes, edges = []) => printGraph(nodes, edges),
    startRunner: (home) =>
      spawn(process.execPath, [join(programs, 'queue-runner.js'), home], {
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    newHome() {
      const home = join(work, `home${homes++}`);
      mkdirSync(home);
      return home;
    },
    async run(home, nodes, edges = [], change = {}) {
      const events: RunEvent[] = [];
      const { result, tables, folder } = await startRun({
        graph: graphOf(nodes, edges),
        graphPath: join(home, 'faults.graph.json'),
        home,
        packages,
        workerEntry: join(programs, 'worker.js'),
        ...change,
        onEvent(event) {
          events.push(schema.parse(event) as RunEvent);
          change.onEvent?.(event);
        },
      });
      const steps = Object.entries(result.steps).map(([id, { status }]) => [id, status]);
      const logs = events.flatMap((event) => (event.type === 'step-log' ? [event.message] : []));
      return { result, tables, folder, statuses: Object.fromEntries(steps), events, logs };
    },
    close: () => rmSync(work, { recursive: true, force: true }),
  };
}

function printGraph(nodes: Nodes, edges: Edges): string {
  return JSON.stringify({
    format: 'radiograph/1',
    name: 'faults',
    nodes: Object.fromEntries(Object.entries(nodes).map(([id, n]) => [id, { version: 1, ...n }])),
    edges: edges.map(([from, to]) => ({ from, to })),
  });
}

/** Paths, digests and stack lines differ from run to run. */
export const plain = (text: string | undefined, home: string): string =>
  (text ?? '')
    .replaceAll(home, 'HOME')
    .replaceAll(/[0-9a-f]{64}/g, 'DIGEST')
    .replaceAll(/\bDIGEST\.json/g, 'DIGEST.json')
    .replaceAll(/\/[0-9a-f]{2}\/DIGEST/g, '/DIGEST')
    .replaceAll(/\n +at .*/g, '')
    .replaceAll(/process \d+ on \S+/g, 'process PID on HOST')
    .replaceAll(/process \d+/g, 'process PID');
