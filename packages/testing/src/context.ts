import { resolve } from 'node:path';
import type { NodeContext, Progress } from '@radiograph/graph';

/** A node context for tests: remembers what the node reported. */
export type TestContext = NodeContext & {
  readonly logs: readonly string[];
  readonly updates: readonly Progress[];
};

/** Makes a context with one thread; paths are relative to the working folder. */
export function createTestContext(overrides: Partial<NodeContext> = {}): TestContext {
  const logs: string[] = [];
  const updates: Progress[] = [];
  return {
    nodeId: 'test',
    seed: 7,
    threads: 1,
    signal: new AbortController().signal,
    progress: (update) => void updates.push(update),
    log: (message) => void logs.push(message),
    resolvePath: (path) => resolve(path),
    ...overrides,
    logs,
    updates,
  };
}
