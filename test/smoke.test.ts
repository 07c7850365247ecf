/** What shows on any system that the command works there: planned, computed, reused, and served to a browser. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const bin = resolve('apps/runner/bin/radiograph.js');
const tiny = resolve('test/tiny/tiny.graph.json');
// A name that must be encoded wherever a path becomes an address.
const work = mkdtempSync(join(tmpdir(), 'radiograph smoke #1 %20 ü '));
afterAll(() => rmSync(work, { recursive: true, force: true, maxRetries: 5 }));

function start(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [bin, ...args], { cwd: work });
}

/** What a command prints until it ends, or until `isEnough`: then it is stopped. */
function read(child: ChildProcess, isEnough = (_: string) => false): Promise<string> {
  let text = '';
  return new Promise((done) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data: Buffer) => {
        text += data.toString();
        if (isEnough(text)) done(text);
      });
    child.once('close', (code) => done(`${text}ended with ${code}`));
  });
}

describe('the command on this system', () => {
  test('computes a graph, and reuses every step the second time', async () => {
    expect(await read(start('run', tiny))).toMatch(/10 ran.*ended with 0$/s);
    expect(await read(start('run', tiny))).toMatch(/10 reused.*ended with 0$/s);
  });

  test('serves the editor and the results of a run', async () => {
    const child = start('serve', '--port', '0');
    try {
      const said = await read(child, (text) => text.includes('Ctrl-C'));
      const address = /Radiograph: (http:\S+)/.exec(said)?.[1] ?? said;
      const page = await fetch(address);

      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<div id="root">');
    } finally {
      child.kill();
    }
  });

  test('names the problems of a broken graph', async () => {
    const broken = resolve('test/broken/cycle.graph.json');
    expect(await read(start('check', broken))).toMatch(/cycle.*ended with 3$/s);
  });
});
