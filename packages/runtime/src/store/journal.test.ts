import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { StepRecord } from '@radiograph/graph';
import type { Table } from '@radiograph/kinds';
import { createTemporaryFolder } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { collectGarbage } from '../cache/collect-garbage.ts';
import { takeInventory } from '../cache/inventory.ts';
import { verifyStore } from '../cache/verify-store.ts';
import { openStore, type Store } from './store.ts';

const keyOf = (name: string): string => name.padEnd(64, '0');
const tableOf = (value: number): Table => ({ title: 't', columns: ['n'], rows: [[value]] });
const cheap = { sync: false };

const parts: StepRecord['parts'] = {
  type: 'test.x',
  version: 1,
  implementation: '',
  params: {},
  inputs: {},
  sources: {},
  seed: null,
  numerics: null,
};

/** Stores a step that has one table, as a run does where it took no time. */
async function finish(store: Store, name: string, value: number): Promise<string> {
  const table = await store.put('table', tableOf(value), cheap);
  const [outputs, finishedAt] = [{ table }, name];
  const record = { key: keyOf(name), nodeId: name, parts, outputs, seconds: 0, finishedAt };
  await store.remember(record, cheap);
  return table;
}

const folderOf = (home: string) => join(home, 'store/journal');
const filesIn = (home: string) =>
  readdirSync(folderOf(home)).map((name) => join(folderOf(home), name));
const namesIn = async (home: string) =>
  (await takeInventory(home)).steps.map(({ record }) => record.nodeId).sort();

describe('the journal', () => {
  test('[A26] small steps are lines of one file, which other processes see at once; large ones are files', async () => {
    const home = createTemporaryFolder();
    const [mine, other] = [openStore(home), openStore(home)];
    expect(await other.lookup(keyOf('a'))).toBeUndefined();
    const digests = [await finish(mine, 'a', 1), await finish(other, 'b', 2)];
    expect(await mine.lookup(keyOf('b'))).toMatchObject({ nodeId: 'b' });
    expect(await other.lookup(keyOf('a'))).toMatchObject({ nodeId: 'a' });
    expect((await other.get(digests[0]!)).value).toEqual(tableOf(1));
    expect(filesIn(home)).toHaveLength(1);
    expect(readdirSync(join(home, 'store')).sort()).toEqual(['history', 'journal']);

    const bytes = new Uint8Array(2 ** 17);
    const file = await mine.put('file', { description: '', extension: '.x', bytes }, cheap);
    expect(existsSync(join(home, 'store/artifacts', file.slice(0, 2), `${file}.json`))).toBe(true);
    expect(await namesIn(home)).toEqual(['a', 'b']);
  });

  test('[A27] a torn line spoils only itself; one that the disk changed is no record, and verify names it', async () => {
    const home = createTemporaryFolder();
    await finish(openStore(home), 'a', 1);
    const [path] = filesIn(home);
    const elsewhere = createTemporaryFolder();
    await finish(openStore(elsewhere), 'torn', 9);
    const whole = readFileSync(filesIn(elsewhere)[0]!);
    appendFileSync(path!, whole.subarray(0, whole.length >> 1));
    const damaged = await finish(openStore(home), 'b', 2);
    await finish(openStore(home), 'c', 3);
    expect(await namesIn(home)).toEqual(['a', 'b', 'c']);

    const text = readFileSync(path!, 'latin1');
    writeFileSync(path!, text.replace('"nodeId":"b","pa', '"nodeId":"b","pb'), 'latin1');
    const store = openStore(home);
    expect(await store.lookup(keyOf('b'))).toBeUndefined();
    await expect(store.get(damaged)).rejects.toThrow(`${path}: expected the bytes`);
    const found = (await verifyStore(home, { repair: true })).damaged;
    expect(found.map(({ nodeId, port }) => `${nodeId}.${port}`)).toEqual([
      'torn.record',
      'b.table',
    ]);
    expect((await verifyStore(home, { repair: false })).damaged).toEqual([]);
    await finish(store, 'b', 2);
    expect((await openStore(home).get(damaged)).value).toEqual(tableOf(2));
  });

  test('[A28] a collection writes the journal anew; whoever has it open sees what stayed and appends to the new one', async () => {
    const home = createTemporaryFolder();
    const store = openStore(home);
    const gone = await finish(store, 'a', 1);
    await finish(store, 'b', 2);
    const { totalBytes } = await takeInventory(home);
    const [before] = filesIn(home);
    await collectGarbage({ home, maxBytes: totalBytes - 1 });
    expect(await namesIn(home)).toEqual(['b']);
    expect(filesIn(home)).not.toContain(before);

    expect(await store.lookup(keyOf('a'))).toBeUndefined();
    expect(await store.lookup(keyOf('b'))).toBeDefined();
    expect(store.has(gone)).toBe(false);
    await finish(store, 'c', 3);
    expect(await openStore(home).lookup(keyOf('c'))).toBeDefined();
    expect(filesIn(home)).toHaveLength(1);
    await collectGarbage({ home, maxBytes: 0 });
    expect(filesIn(home)).toEqual([]);
  });

  test('[A28] what a killed collection left is read, and cleared by the next one', async () => {
    const home = createTemporaryFolder();
    await finish(openStore(home), 'a', 1);
    const [path] = filesIn(home);
    writeFileSync(path!.replace(/log$/, 'old'), readFileSync(path!));
    truncateSync(path!);
    await finish(openStore(home), 'b', 2);
    expect(await namesIn(home)).toEqual(['a', 'b']);
    await collectGarbage({ home, maxBytes: (await takeInventory(home)).totalBytes - 1 });
    expect(await namesIn(home)).toEqual(['b']);
    expect(filesIn(home).filter((name) => name.endsWith('.old'))).toEqual([]);
  });

  test('[A29] a step that is taken back is gone for all, and its key can have another', async () => {
    const home = createTemporaryFolder();
    const [mine, other] = [openStore(home), openStore(home)];
    const digest = await finish(mine, 'a', 1);
    expect(await other.lookup(keyOf('a'))).toBeDefined();
    await mine.discard(digest);
    expect(await other.lookup(keyOf('a'))).toBeUndefined();
    await finish(other, 'a', 2);
    expect((await mine.lookup(keyOf('a')))?.outputs.table).not.toBe(digest);
    await mine.forget(keyOf('a'));
    expect(await namesIn(home)).toEqual([]);
  });
});
