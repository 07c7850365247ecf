import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepRecord } from '@radiograph/graph';
import { createTemporaryFolder } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { openStore } from '../store/store.ts';
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
