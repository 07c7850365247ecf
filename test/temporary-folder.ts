/** Vitest global set-up: every test's temporary folders, and those of the browsers and runs it starts, lie in one that goes when the tests end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'radiograph-test-'));
  process.env.TMPDIR = folder; // tests run in child processes, which inherit it
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
