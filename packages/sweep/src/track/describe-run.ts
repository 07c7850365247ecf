/** What a tracked run was made of: parameters and tags. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Cell, type Graph, printDocument } from '@radiograph/graph';
import type { TrackedRun } from './tracker.ts';

export type RunOrigin = {
  readonly name: string;
  readonly graph: Graph;
  /** Where the run lies on the axes. */
  readonly values: Cell;
  readonly engine: string;
  /** More tags: the sweep, the commit. */
  readonly tags: TrackedRun['tags'];
  readonly startMs: number;
};

/** Parameters of all nodes with their defaults (`node.param`), values of the axes and the seed; graph, digest and engine as tags. */
export function describeTracked({
  name,
  graph,
  values,
  engine,
  tags,
  startMs,
}: RunOrigin): TrackedRun {
  const own = graph.nodes.flatMap(({ id, params }) =>
    Object.entries((params ?? {}) as Record<string, unknown>).map(
      ([key, value]) => [`${id}.${key}`, printValue(value)] as const,
    ),
  );
  const sha256 = createHash('sha256').update(printDocument(graph.document)).digest('hex');
  return {
    name,
    params: { ...Object.fromEntries(own), ...values, seed: String(graph.seed) },
    tags: {
      'radiograph.graph': graph.document.name,
      'radiograph.graph.sha256': sha256,
      'radiograph.engine': engine,
      ...tags,
    },
    startMs,
  };
}

const printValue = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** The commit of the repository that a graph lies in, as a tag; none outside of one. `+` says that files were changed since. */
export async function readCommit(graphPath: string): Promise<TrackedRun['tags']> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', args, { cwd: dirname(resolve(graphPath)) })).stdout.trim();
  try {
    const [commit, changes] = [
      await git('rev-parse', 'HEAD'),
      await git('status', '--porcelain', '-uno'),
    ];
    return { 'git.commit': changes === '' ? commit : `${commit}+` };
  } catch {
    return {}; // no git, no repository, or no commit: the other tags say what was run
  }
}
