import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  type PortKind,
  type PortValues,
  RadiographError,
  type StepRecord,
} from '@radiograph/graph';
import { type Images, identityFrame, type Masks, selectImages } from '@radiograph/kinds';
import { createTemporaryFolder, paintSquares } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { verifyStore } from '../cache/verify-store.ts';
import { DamageError } from './artifacts.ts';
import { openStore } from './store.ts';

const { images, labels, masks } = paintSquares(3, 8);
const unknown: Masks = { ...masks, counts: [[null], ...masks.counts.slice(1)] };

/** A value of every kind; a new kind without one does not compile. */
const examples: { readonly [K in PortKind]: PortValues[K] } = {
  images: { ...images, bitDepth: 16, pixels: Uint16Array.from(images.pixels, (v) => v * 257) },
  labels: { ...labels, values: [[1], [-1], [null]] },
  masks: unknown,
  saliency: {
    ids: ['a'],
    classes: ['x'],
    grid: [1, 2],
    frame: [8, 8],
    frames: [identityFrame],
    values: Float32Array.of(1, 2),
    probabilities: Float32Array.of(0.5),
  },
  model: {
    role: 'segmenter',
    architecture: { family: 'test', depth: 3 },
    classes: ['x'],
    inputSize: [8, 8],
    normalization: { mean: 0.5, std: 0.1 },
    thresholds: [0.25],
    weights: new Map([['a.weight', { shape: [1, 2], data: Float32Array.of(1, -1) }]]),
  },
  supervision: {
    strong: { images, masks },
    weak: null,
    mixing: { type: 'rho', rho: 0.9, floatTrap: false },
  },
  predictions: {
    ids: ['a'],
    classes: ['x'],
    size: [1, 2],
    frames: [identityFrame],
    thresholds: [0.5],
    probabilities: Float32Array.of(0.1, 0.9),
  },
  scores: {
    classes: ['x'],
    ids: ['a'],
    thresholds: [0.5],
    dataset: { perClass: [null], mean: null },
    perImage: { iou: [[null]], perClass: [null], mean: null },
    bootstrap: { replicates: 1, perClass: [null], mean: null },
  },
  table: { title: 't', columns: ['c'], rows: [[1], ['a'], [null]] },
  figure: { caption: 'c', width: 1, height: 1, png: Uint8Array.of(1, 2) },
  file: { description: 'd', extension: '.bin', bytes: Uint8Array.of(3) },
};

const blobsIn = (home: string) =>
  readdirSync(join(home, 'store/blobs'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );

const recordOf = (nodeId: string, key: string, outputs: Record<string, string>): StepRecord => ({
  key,
  nodeId,
  parts: {
    type: 'test.x',
    version: 1,
    implementation: '',
    params: {},
    inputs: {},
    sources: {},
    seed: null,
    numerics: null,
  },
  outputs,
  seconds: 1,
  finishedAt: 'T',
});

describe('artifacts', () => {
  test.each(Object.keys(examples) as PortKind[])(
    '[A1] %s comes back as it was put',
    async (kind) => {
      const store = openStore(createTemporaryFolder());
      const digest = await store.put(kind, examples[kind] as never); // the table pairs kinds and values

      expect(await store.get(digest)).toEqual({ kind, value: examples[kind] });
    },
  );

  test('[A2] equal content has one digest, also when several put it at once; other content has another', async () => {
    const home = createTemporaryFolder();
    const digests = await Promise.all(
      Array.from({ length: 8 }, () => openStore(home).put('images', images)),
    );

    expect(new Set(digests).size).toBe(1);
    expect(
      await openStore(home).put('images', { ...images, patientIds: ['p', 'p', 'p'] }),
    ).not.toBe(digests[0]);
  });

  test('[A3] a subset of images shares the pixels of the whole', async () => {
    const home = createTemporaryFolder();
    const store = openStore(home);
    await store.put('images', images);
    const digest = await store.put(
      'images',
      selectImages(images, (i) => i === 2),
    );

    expect(blobsIn(home)).toHaveLength(1);
    expect((await store.get(digest)).value).toMatchObject({ ids: ['image2'], rows: [2] });
  });

  test('[A25] some images of a large set are read and verified without the others', async () => {
    const home = createTemporaryFolder();
    const store = openStore(home);
    const side = 2048; // four images fill a blob
    const pixels = new Uint8Array(5 * side * side);
    for (let i = 0; i < 5; i++) pixels.fill(i + 1, i * side * side, (i + 1) * side * side);
    const five = paintSquares(5, 8).images;
    const rows = [4, 0, 1, 2, 3];
    const large = { ...five, height: side, width: side, pixels, rows };
    const digest = await store.put('images', large);
    const back = ((await store.get(digest)).value as Images).pixels as Uint8Array;
    expect(Buffer.compare(back, pixels), 'all pixels').toBe(0);

    const blobs = blobsIn(home).map(({ parentPath, name }) => join(parentPath, name));
    const [whole] = blobs.filter((path) => statSync(path).size > side * side);
    expect(blobs).toHaveLength(2);
    writeFileSync(whole!, 'damaged');
    const part = (await store.getPart(digest, [0, 1])) as Images;
    expect([part.ids, part.rows]).toEqual([['image0'], [0]]);
    expect(part.pixels.length).toBe(side * side);
    expect(part.pixels[0]).toBe(5);
    await expect(store.getPart(digest, [0, 2])).rejects.toThrow(DamageError);
  });

  test('[A25] some samples of any other list are those of the whole', async () => {
    const store = openStore(createTemporaryFolder());
    const digest = await store.put('labels', labels);

    expect(await store.getPart(digest, [1, 3])).toEqual({
      ...labels,
      ids: labels.ids.slice(1, 3),
      values: labels.values.slice(1, 3),
    });
  });

  test('[A4] damaged bytes are a data error that names the file', async () => {
    const home = createTemporaryFolder();
    const store = openStore(home);
    const digest = await store.put('images', images);
    const [blob] = blobsIn(home);
    writeFileSync(join(blob!.parentPath, blob!.name), 'damaged');

    const error: unknown = await store.get(digest).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RadiographError);
    expect(String(error)).toContain(`${blob!.name}: expected the bytes it was stored with`);
    await expect(store.get('0'.repeat(64))).rejects.toThrow('expected an artifact, got nothing');
  });

  test('[A5] numbers that are not finite are refused with their place', async () => {
    const store = openStore(createTemporaryFolder());
    const values = Float32Array.of(1, Number.POSITIVE_INFINITY);
    await expect(store.put('saliency', { ...examples.saliency, values })).rejects.toThrow(
      'values: expected finite numbers, got Infinity at 1',
    );
  });
});

describe('step records', () => {
  test('[A6] a record is found by its key as long as its artifacts are there', async () => {
    const home = createTemporaryFolder();
    const store = openStore(home);
    const table = await store.put('table', examples.table);
    await store.remember(recordOf('a', 'k1', { table }));
    await store.remember(recordOf('a', 'k2', { table: 'gone' }));

    expect((await store.lookup('k1'))?.outputs).toEqual({ table });
    expect(await store.lookup('k2')).toBeUndefined();
    expect(await store.lookup('k3')).toBeUndefined();
  });

  test('[A41] a record that names another artifact than the one it was written with is none, and verify names it', async () => {
    const home = createTemporaryFolder();
    const store = openStore(home);
    const table = await store.put('table', examples.table);
    const other = await store.put('table', { ...examples.table, title: 'another' });
    const key = 'k'.padEnd(64, '1');
    await store.remember(recordOf('a', key, { table }));
    const path = join(home, 'store/steps/k1', `${key}.json`);
    const text = readFileSync(path, 'utf8');

    writeFileSync(path, text.replace(table, other));
    expect(await openStore(home).lookup(key)).toBeUndefined();
    const { damaged } = await verifyStore(home, { repair: true });
    expect(damaged.map(({ message }) => message)).toEqual([
      `store/steps/k1/${key}.json: expected the record that was written, got another`,
    ]);
    expect(existsSync(path)).toBe(false);
    expect((await verifyStore(home, { repair: true })).damaged).toEqual([]);

    const changes = [
      text.slice(0, text.length / 2),
      text.replace('"sum"', '"sun"'),
      text.replace('"seconds"', '"secondz"'),
      '',
      'null',
      '[]',
      '{"key":5}',
    ];
    for (const changed of changes) {
      writeFileSync(path, changed);
      expect(await openStore(home).lookup(key), changed.slice(0, 40)).toBeUndefined();
      expect(await openStore(home).history('test.x', 'a'), changed.slice(0, 40)).toEqual([]);
    }
    writeFileSync(path, text);
    expect(await openStore(home).lookup(key)).toEqual(recordOf('a', key, { table }));
  });

  test('[A41] a record of a version before the sum is read, if it has the shape of one', async () => {
    const home = createTemporaryFolder();
    const store = openStore(home);
    const table = await store.put('table', examples.table);
    const key = 'k'.padEnd(64, '1');
    await store.remember(recordOf('a', key, { table }));
    const path = join(home, 'store/steps/k1', `${key}.json`);
    const older = readFileSync(path, 'utf8').replace(/"sum":"[0-9a-f]+",/, '');

    writeFileSync(path, older);
    expect(await openStore(home).lookup(key)).toEqual(recordOf('a', key, { table }));
    expect((await verifyStore(home, { repair: false })).damaged).toEqual([]);
    writeFileSync(path, older.replace(table, '../../etc/passwd'));
    expect(await openStore(home).lookup(key)).toBeUndefined();
  });

  test("[A7] history gives the node's own records, newest first, and survives a torn line", async () => {
    const home = createTemporaryFolder();
    const store = openStore(home);
    for (const [nodeId, key] of [
      ['a', 'k1'],
      ['b', 'k2'],
      ['a', 'k3'],
    ] as const)
      await store.remember(recordOf(nodeId, key, {}));
    appendFileSync(join(home, 'store/history/test.x.jsonl'), '{"key":"k4","nod');
    appendFileSync(join(home, 'store/history/test.x.jsonl'), '\n{"key":4,"nodeId":"a"}\nnull\n');

    expect((await store.history('test.x', 'a')).map(({ key }) => key)).toEqual(['k3', 'k1']);
    await store.remember(recordOf('a', 'k5', {}));
    expect((await store.history('test.x', 'a')).map(({ key }) => key)).toEqual(['k5', 'k3', 'k1']);
    expect((await store.history('test.x', 'new')).map(({ key }) => key)).toEqual([
      'k5',
      'k3',
      'k2',
      'k1',
    ]);
    expect(await store.history('test.y', 'a')).toEqual([]);
    await store.forget('k5');
    expect(store.hasRun('test.x', 'a', 'k5')).toBe(true);
    expect(store.hasRun('test.x', 'a', 'k9')).toBe(false);
    expect(store.hasRun('test.x', 'a')).toBe(true);
    expect(store.hasRun('test.x', 'new')).toBe(false);
    expect(readFileSync(join(home, 'store/history/test.x.jsonl'), 'utf8')).toContain('k1');
  });
});
