import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { main } from '../apps/runner/src/cli.ts';

const folder = new URL('./broken/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.graph.json'));

/** Runs the command line in this process; returns what it printed. */
async function runMain(args: readonly string[]) {
  const lines: string[] = [];
  const print = (...parts: unknown[]) => void lines.push(parts.join(' '));
  vi.spyOn(console, 'log').mockImplementation(print);
  vi.spyOn(console, 'error').mockImplementation(print);
  const exitCode = await main(args);
  return { exitCode, text: lines.join('\n') };
}

describe('radiograph check', () => {
  afterEach(() => void vi.restoreAllMocks());

  test('names place, expectation and value of every problem of every broken graph', async () => {
    const sections: string[] = [];
    for (const file of files) {
      const { exitCode, text } = await runMain(['check', `test/broken/${file}`]);
      expect(exitCode, file).toBe(3);
      sections.push(`${file}\n${text}`);
    }

    expect(files.length).toBeGreaterThanOrEqual(15);
    await expect(`${sections.join('\n\n')}\n`).toMatchFileSnapshot('./broken/problems.txt');
  });

  test('runs and plans no broken graph either', async () => {
    for (const command of ['run', 'plan']) {
      const { exitCode, text } = await runMain([command, 'test/broken/many-problems.graph.json']);
      expect(exitCode).toBe(3);
      expect(text.split('\n').length).toBeGreaterThanOrEqual(5);
    }
  });

  test('finds no problem in any example', async () => {
    const examples = readdirSync('examples', { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.graph.json'),
    );

    expect(examples.length).toBeGreaterThanOrEqual(12);
    for (const example of examples) {
      const { exitCode, text } = await runMain(['check', `examples/${example}`]);
      expect(exitCode, text).toBe(0);
    }
  });
});
