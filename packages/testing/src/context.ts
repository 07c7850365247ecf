import { resolve } from 'node:path';
import type { NodeContext, PreviewSample, Progress, SavedState } from '@radiograph/graph';

/** A node context for tests: remembers what the node reported. */
export type TestContext = NodeContext & {
  /** Notices, too. */
  readonly logs: readonly string[];
  readonly notices: readonly string[];
  readonly updates: readonly Progress[];
  /** Numbers for the summary. */
  readonly facts: Readonly<Record<string, number>>;
  readonly previews: readonly (readonly PreviewSample[])[];
  /** States that the node saved, oldest first. */
  readonly saved: readonly SavedState[];
};

/** Makes a context with one thread; paths are relative to the working folder. Every offered state is saved; it begins with `resumeFrom`. */
export function createTestContext(
  overrides: Partial<NodeContext> = {},
  resumeFrom?: SavedState,
): TestContext {
  const saved: SavedState[] = [];
  const logs: string[] = [];
  const notices: string[] = [];
  const updates: Progress[] = [];
  const facts: Record<string, number> = {};
  const previews: (readonly PreviewSample[])[] = [];
  return {
    nodeId: 'test',
    seed: 7,
    threads: 1,
    signal: new AbortController().signal,
    progress: (update) => void updates.push(update),
    preview: (samples) => void previews.push(samples),
    log: (message) => void logs.push(message),
    note: (noted) => void Object.assign(facts, noted),
    notice: (message) => {
      notices.push(message);
      logs.push(message);
    },
    resolvePath: (path) => resolve(path),
    checkpoint: {
      load: async () => resumeFrom,
      offer: async (capture) => void saved.push(capture()),
    },
    ...overrides,
    logs,
    notices,
    updates,
    facts,
    previews,
    saved,
  };
}
