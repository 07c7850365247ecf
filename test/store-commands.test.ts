import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const bin = resolve('apps/runner/bin/radiograph.js');
const work = mkdtempSync(join(tmpdir(), 'radiograph-store-'));
const home = join(work, 'home');
afterAll(() => rmSync(work, { recursive: true, force: true }));

type Result = { readonly code: number | null; readonly out: string; readonly err: string };

const radiograph = (...args: readonly string[]): Promise<Result> => radiographWith({}, ...args);

function radiographWith(
  settings: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Result> {
  const env = { ...process.env, RADIOGRAPH_HOME: home, ...settings };
  const child = spawn(process.execPath, [bin, ...args], { cwd: work, env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString();
  });
  return new Promise((done) => child.on('close', (code) => done({ code, out, err })));
}

/** Two nodes that need no engine. */
const graph = {
  format: 'radiograph/1',
  name: 'two',
  nodes: {
    phantom: { type: 'chexseg.phantom', version: 1, params: { patients: 6, size: 32 } },
    split: {
      type: 'core.split',
      version: 1,
      params: { train: 0.5, validation: 0.25, test: 0.25 },
    },
  },
  edges: [{ from: 'phantom.images', to: 'split.images' }],
};

beforeAll(async () => {
  writeFileSync(join(work, 'two.graph.json'), JSON.stringify(graph));
  const { code, err } = await radiograph('run', 'two.graph.json');
  expect(err).toContain('split: done in');
  expect(code).toBe(0);
});

type Listed = { readonly steps: readonly { readonly record: { key: string; nodeId: string } }[] };

function damageFiles(folder: string): void {
  if (!existsSync(folder)) return;
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  for (const { parentPath, name } of entries.filter((entry) => entry.isFile())) {
    const bytes = readFileSync(join(parentPath, name));
    for (let i = bytes.length >> 1; i < bytes.length; i += 1000) bytes[i] = bytes[i]! ^ 1;
    writeFileSync(join(parentPath, name), bytes);
  }
}

describe('radiograph cache', () => {
  test('ls lists what is kept, with sizes; why says what made a step, from what and for which run', async () => {
    const table = await radiograph('cache', 'ls');
    expect(table.out).toMatch(/phantom +chexseg\.phantom/);
    expect(table.out).toMatch(/2 steps, \d+ files, [\d.]+ \w+/);
    const { steps } = JSON.parse((await radiograph('cache', 'ls', '--json')).out) as Listed;
    const { key } = steps.find(({ record }) => record.nodeId === 'split')!.record;

    const why = await radiograph('cache', 'why', key.slice(0, 12));
    expect(why.out).toContain('core.split');
    expect(why.out).toMatch(/input images: [0-9a-f]{12}/);
    expect(why.out).toContain(`used by ${readdirSync(join(home, 'runs'))[0]}`);
    const unknown = await radiograph('cache', 'why', 'ffffffffffff');
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('of a step key or artifact digest');
  });

  test('gc keeps what a pin holds whatever the budget, and removes it when it is unpinned', async () => {
    expect((await radiograph('cache', 'pin', 'latest')).out).toContain('gc keeps all that it used');
    const kept = await radiograph('cache', 'gc', '--max-size', '1B', '--dry-run');
    expect(kept.out).toContain('would remove 0 steps');
    const runId = readdirSync(join(home, 'runs'))[0]!;
    expect((await radiograph('cache', 'unpin', runId)).out).toContain('no longer pinned');
    const dry = await radiograph('cache', 'gc', '--max-size', '1B', '--dry-run');
    expect(dry.out).toContain('would remove 2 steps');
    expect((await radiograph('cache', 'ls')).out).toContain('2 steps');
    expect((await radiograph('cache', 'gc', '--max-size', 'much')).code).toBe(2);
  });

  test('RADIOGRAPH_CACHE_SIZE is kept after a run, and what is pinned stays above it', async () => {
    await radiograph('cache', 'pin', 'latest');
    const pinned = await radiographWith({ RADIOGRAPH_CACHE_SIZE: '1KB' }, 'run', 'two.graph.json');
    expect(pinned.err).toMatch(/cache: [\d.]+ KB stay: pinned, or wanted .*_CACHE_SIZE is 1.0 KB/);
    await radiograph('cache', 'unpin', 'latest');
    await radiograph('cache', 'unpin', readdirSync(join(home, 'runs'))[0]!);
    const kept = await radiographWith({ RADIOGRAPH_CACHE_SIZE: '1KB' }, 'run', 'two.graph.json');
    expect(kept.err).toMatch(
      /cache: removed 2 steps, [\d.]+ KB \(RADIOGRAPH_CACHE_SIZE is 1.0 KB\)/,
    );
    expect((await radiograph('cache', 'ls')).out).toContain('0 steps');
    const wrong = await radiographWith({ RADIOGRAPH_CACHE_SIZE: 'big' }, 'run', 'two.graph.json');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('RADIOGRAPH_CACHE_SIZE: expected a size like 10GB');
    expect((await radiograph('run', 'two.graph.json')).code).toBe(0); // for the tests below
  });

  test('verify ends with 6 at a damaged artifact; repair lets the next run compute it again', async () => {
    expect((await radiograph('cache', 'verify')).out).toContain('all whole');
    // Which of them hold its outputs depends on how long it took.
    for (const folder of ['blobs', 'journal']) damageFiles(join(home, 'store', folder));

    const damaged = await radiograph('cache', 'verify');
    expect(damaged.code).toBe(6);
    expect(damaged.out).toMatch(
      /phantom\.\w+: .*expected the (bytes it was stored with|line that was written)/,
    );
    expect((await radiograph('cache', 'verify', '--repair')).code).toBe(0);
    const again = await radiograph('run', 'two.graph.json');
    expect(again.err).toContain('phantom: done in');
    expect((await radiograph('cache', 'verify')).code).toBe(0);
  });
});

test('verify runs a record again and finds every output equal to the bit', async () => {
  const { code, out } = await radiograph('verify');
  expect(out).toMatch(/(\d+) of \1 outputs equal to the bit/);
  expect(code).toBe(0);
  const wrong = await radiograph('verify', '--tolerance', 'much');
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain('expected a number from 0');
});
