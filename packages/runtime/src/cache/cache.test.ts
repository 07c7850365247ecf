import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createRegistry, parseDocument, type StepRecord, validateGraph } from '@radiograph/graph';
import { createTemporaryFolder } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { openQueue } from '../queue/queue.ts';
import { nodeTypesOf } from '../run/services.ts';
import { startRun } from '../run/start-run.ts';
import { openStore } from '../store/store.ts';
import { testPackages } from '../testing/nodes.ts';
import { announceGraphs } from './announce.ts';
import { collectGarbage } from './collect-garbage.ts';
import { takeInventory } from './inventory.ts';
import { pinRun, unpinRun } from './pins.ts';
import { verifyStore } from './verify-store.ts';

const keyOf = (name: string): string => name.padEnd(64, '0');
const old = new Date('2020-01-01T00:00:00Z');

/** Remembers a step whose one output has so many bytes; `fill` tells contents apart. */
async function remember(
  home: string,
  name: string,
  [size, fill, seconds]: readonly [number, number, number],
) {
  const store = openStore(home);
  const bytes = new Uint8Array(size).fill(fill);
  const file = await store.put('file', { description: '', extension: '.bin', bytes });
  const parts = {
    type: 't',
    version: 1,
    implementation: '',
    params: {},
    inputs: {},
    sources: {},
    seed: null,
    numerics: null,
  };
  const record: StepRecord = {
    key: keyOf(name),
    nodeId: name,
    parts,
    outputs: { file },
    seconds,
    finishedAt: name,
  };
  await store.remember(record);
  return file;
}

const namesIn = async (home: string) =>
  (await takeInventory(home)).steps.map(({ record }) => record.nodeId).sort();

const filesIn = (home: string) =>
  readdirSync(join(home, 'store'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

function writeRun(home: string, keys: readonly string[]): string {
  const runId = '20260101-000000000-aaaa';
  const steps = Object.fromEntries(
    keys.map((key, i) => [`n${i}`, { status: 'ran', seconds: 1, reason: '', outputs: {}, key }]),
  );
  const result = {
    runId,
    graph: 'g',
    status: 'done',
    seconds: 1,
    finishedAt: '',
    steps,
    error: null,
  };
  openStore(home);
  writeDeep(join(home, 'runs', runId), 'result.json', JSON.stringify(result));
  return runId;
}

function writeDeep(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
}

describe('collectGarbage', () => {
  test('[A17] above a budget the steps with the most bytes per second of computing go first', async () => {
    const home = createTemporaryFolder();
    await remember(home, 'cheap', [4000, 1, 0.1]);
    await remember(home, 'dear', [9000, 2, 100]);
    await remember(home, 'middle', [5000, 3, 1]);
    const { totalBytes } = await takeInventory(home);

    const would = await collectGarbage({ home, maxBytes: totalBytes - 100, dryRun: true });
    expect(would.steps.map(({ record }) => record.nodeId)).toEqual(['cheap']);
    expect(await namesIn(home)).toEqual(['cheap', 'dear', 'middle']);
    const { keptBytes } = await collectGarbage({ home, maxBytes: 9900 });
    expect(await namesIn(home)).toEqual(['dear']);
    expect(keptBytes).toBe((await takeInventory(home)).totalBytes);
    expect(keptBytes).toBeLessThan(9900);
  });

  test('[A18] bytes that a kept step shares stay, pinned steps stay, and those being computed', async () => {
    const home = createTemporaryFolder();
    const shared = await remember(home, 'cheap', [4000, 1, 0.001]);
    await remember(home, 'twin', [4000, 1, 1000]);
    await remember(home, 'filler', [1000, 4, 0.01]);
    await remember(home, 'pinned', [5000, 2, 0.001]);
    await remember(home, 'b', [6000, 3, 0.001]);
    writeDeep(join(home, 'store/leases'), `${keyOf('b')}.lease`, '{}');
    const runId = writeRun(home, [keyOf('pinned')]);
    expect(await pinRun(home, 'latest')).toBe(runId);

    const { totalBytes } = await takeInventory(home);
    await collectGarbage({ home, maxBytes: totalBytes - 500 });
    expect(await namesIn(home)).toEqual(['b', 'pinned', 'twin']);
    expect(await openStore(home).has(shared)).toBe(true);
    await collectGarbage({ home, maxBytes: 0 });
    expect(await namesIn(home)).toEqual(['b', 'pinned']);
    expect(await unpinRun(home, runId)).toBe(true);
    expect(await unpinRun(home, runId)).toBe(false);
    await collectGarbage({ home, maxBytes: 0 });
    expect(await namesIn(home)).toEqual(['b']);
  });

  test('[A19] without a budget only what nothing needs goes, and not before it has settled', async () => {
    const home = createTemporaryFolder();
    await remember(home, 'kept', [100, 1, 1]);
    const store = openStore(home);
    const bytes = new Uint8Array(50);
    const orphan = await store.put('file', { description: '', extension: '.x', bytes });
    writeDeep(join(home, 'store/blobs/aa'), 'torn.tmp', 'x');
    await collectGarbage({ home });
    expect(await store.has(orphan)).toBe(true);

    for (const path of filesIn(home)) utimesSync(path, old, old);
    const { freedBytes } = await collectGarbage({ home });
    expect(freedBytes).toBeGreaterThan(50);
    expect(await store.has(orphan)).toBe(false);
    expect(await namesIn(home)).toEqual(['kept']);
    expect(filesIn(home).filter((path) => path.endsWith('.tmp'))).toEqual([]);
  });
});

/** A record of the node that `graphText` has. */
async function rememberNumber(home: string, name: string, value: number) {
  const file = await openStore(home).put('table', { title: '', columns: [name], rows: [[value]] });
  const type = { type: 'test.number', version: 1, params: { value, note: '' } };
  const parts = {
    ...type,
    implementation: name,
    inputs: {},
    sources: {},
    seed: null,
    numerics: null,
  };
  const finishedAt = name;
  const times = { seconds: 1, finishedAt };
  await openStore(home).remember({
    key: keyOf(name),
    nodeId: name,
    parts,
    outputs: { file },
    ...times,
  });
}

const graphText = (value: number): string =>
  JSON.stringify({
    format: 'radiograph/1',
    name: 'waits',
    nodes: { any: { type: 'test.number', version: 1, params: { value } } },
    edges: [],
  });

describe('a budget', () => {
  const packages = testPackages;

  test('[A21] what a queued or a running run may reuse stays, by type, parameters and seed', async () => {
    const home = createTemporaryFolder();
    for (const value of [1, 2, 3]) await rememberNumber(home, `n${value}`, value);
    const queue = openQueue(home);
    const entry = { name: 'q', graphPath: '/q', only: null, engine: 'ort' } as const;
    const id = await queue.add({ ...entry, text: graphText(1) });
    await queue.add({ ...entry, text: 'no graph' });
    const run = { runId: 'r', graph: 'g', graphPath: '/g', only: null, startedAt: '' };
    writeDeep(join(home, 'runs/r'), 'run.json', JSON.stringify({ ...run, pid: process.pid }));
    writeDeep(join(home, 'runs/r'), 'graph.json', graphText(2));

    await collectGarbage({ home, maxBytes: 0, packages });
    expect(await namesIn(home)).toEqual(['n1', 'n2']);
    await queue.remove(id);
    await collectGarbage({ home, maxBytes: 0, packages });
    expect(await namesIn(home)).toEqual(['n2']);
    writeDeep(join(home, 'runs/r'), 'run.json', JSON.stringify({ ...run, pid: 2 ** 22 + 1 }));
    await collectGarbage({ home, maxBytes: 0, packages });
    expect(await namesIn(home)).toEqual([]);
  });

  test('[A30] what a process has announced to run stays while it lives', async () => {
    const home = createTemporaryFolder();
    for (const value of [1, 2, 3]) await rememberNumber(home, `n${value}`, value);
    const registry = createRegistry(nodeTypesOf(packages));
    const graphs = [1, 2].map((value) => validateGraph(parseDocument(graphText(value)), registry));
    const withdraw = await announceGraphs(home, graphs);
    await collectGarbage({ home, maxBytes: 0 });
    expect(await namesIn(home)).toEqual(['n1', 'n2']);

    const [file] = readdirSync(join(home, 'announced'));
    const announced = JSON.parse(readFileSync(join(home, 'announced', file!), 'utf8')) as object;
    await withdraw();
    const dead = JSON.stringify({ ...announced, born: 'earlier' });
    writeDeep(join(home, 'announced'), 'dead.json', dead);
    await collectGarbage({ home, maxBytes: 0 });
    expect(await namesIn(home)).toEqual([]);
    expect(readdirSync(join(home, 'announced'))).toEqual([]);
  });

  test('[A22] two processes that collect at once remove together what one would', async () => {
    const home = createTemporaryFolder();
    for (let i = 1; i <= 9; i++) await remember(home, `s${i}`, [5000, i, i]);
    const { totalBytes } = await takeInventory(home);
    const script = fileURLToPath(new URL('../testing/collect.ts', import.meta.url));
    const words = ['--import', 'tsx', script, home, String(Math.ceil(totalBytes / 3))];
    const collect = promisify(execFile);
    const removed = await Promise.all(
      [1, 2].map(async () => JSON.parse((await collect(process.execPath, words)).stdout)),
    );

    expect(removed.flat().sort()).toEqual(['s1', 's2', 's3', 's4', 's5', 's6']);
    expect(await namesIn(home)).toEqual(['s7', 's8', 's9']);
    expect((await verifyStore(home, { repair: false })).damaged).toEqual([]);
  });

  test('[A23] a run that is over leaves the store within it, or says why it could not', async () => {
    const home = createTemporaryFolder();
    await remember(home, 'dear', [1000, 1, 1000]);
    await remember(home, 'cheap', [90_000, 2, 0.01]);
    const graph = validateGraph(parseDocument(graphText(5)), createRegistry(nodeTypesOf(packages)));
    const workerEntry = fileURLToPath(new URL('../testing/worker.ts', import.meta.url));
    const workerArguments = ['--import', 'tsx'];
    const place = {
      graph,
      graphPath: join(home, 'g'),
      home,
      packages,
      workerEntry,
      workerArguments,
    };
    const { eviction } = await startRun({ ...place, maxCacheBytes: 50_000 });
    expect(eviction).toMatchObject({ type: 'collected', maxBytes: 50_000 });
    expect(await namesIn(home)).toEqual(['any', 'dear']);

    writeDeep(home, 'pins.json', 'damaged');
    const failed = (await startRun({ ...place, maxCacheBytes: 0 })).eviction;
    expect(failed).toMatchObject({ type: 'failed' });
  });
});

test('[A20] verify names what is damaged, and repair lets it be computed again', async () => {
  const home = createTemporaryFolder();
  await remember(home, 'a', [100, 1, 1]);
  await remember(home, 'b', [100, 2, 1]);
  expect(await verifyStore(home, { repair: false })).toEqual({ artifacts: 2, damaged: [] });
  const [blob] = filesIn(home).filter(
    (path) => path.includes('blobs') && readFileSync(path)[0] === 2,
  );
  writeFileSync(blob!, 'damaged');

  const { damaged } = await verifyStore(home, { repair: false });
  expect(damaged.map(({ nodeId, port }) => `${nodeId}.${port}`)).toEqual(['b.file']);
  expect(damaged[0]!.message).toMatch(/^store\/blobs\/.*: expected the bytes it was stored with/);
  expect(await openStore(home).lookup(keyOf('b'))).toBeDefined();
  await verifyStore(home, { repair: true });
  expect(await openStore(home).lookup(keyOf('b'))).toBeUndefined();
  expect(await openStore(home).lookup(keyOf('a'))).toBeDefined();
});
