import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryFolder } from '@radiograph/testing';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';
import type { TrackedRun } from './tracker.ts';
import { openTracker } from './trackers.ts';

const time = '2026-01-02T03:04:05.000Z';
const timeMs = Date.parse(time);
const run: TrackedRun = {
  name: 'arm=weak and full seed=3',
  params: { arm: 'weak and full', seed: '3', 'segmenter.epochs': '5' },
  tags: { 'git.commit': 'abc', 'radiograph.graph': 'ablation' },
  startMs: timeMs,
};
/** A 1 x 1 PNG is enough: trackers keep its bytes as they are. */
const picture = {
  name: 'montage.figure.png',
  bytes: Buffer.from('a picture'),
  image: { width: 1, height: 1 },
};

async function track(kind: string, path: string, runs = [run]): Promise<void> {
  const tracker = openTracker(`${kind}:${path}`);
  for (const one of runs) {
    const open = tracker.open(one);
    open.write({ tag: 'segmenter/loss', step: 1, value: 0.5, timeMs });
    open.write({ tag: 'segmenter/loss', step: 300, value: 0.25, timeMs });
    open.attach(picture);
    open.close('done');
  }
  await tracker.finish();
}

describe('tensorboard', () => {
  test('[W18] TensorBoard reads records whose checksums hold: parameters, tag, step and value, pictures', async () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    const folder = createTemporaryFolder();
    await track('tensorboard', folder);

    const below = join(folder, 'arm=weak_and_full_seed=3');
    const records = readRecords(readFileSync(join(below, readdirSync(below)[0]!)));
    expect(records[0]!.includes('brain.Event:2')).toBe(true);
    expect(records).toHaveLength(5);
    const [, text, first, second, image] = records;
    expect(text!.includes('| arm | weak and full |')).toBe(true);
    expect(first!.readDoubleLE(1)).toBe(timeMs / 1000);
    expect(first!.includes('segmenter/loss')).toBe(true);
    expect(first!.readFloatLE(first!.length - 4)).toBe(0.5);
    // Step 300 as a varint: 300 = 2 * 128 + 44.
    expect([...second!.subarray(9, 12)]).toEqual([16, 44 + 128, 2]);
    expect(image!.includes('a picture')).toBe(true);
  });

  test('[W18] a run of the same name, also of an earlier tracking, gets a folder of its own', async () => {
    const folder = createTemporaryFolder();
    mkdirSync(join(folder, 'arm=weak_and_full_seed=3'));
    await track('tensorboard', folder, [run, run]);

    expect(readdirSync(join(folder, 'arm=weak_and_full_seed=3'))).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(
      ['', '_2', '_3'].map((suffix) => `arm=weak_and_full_seed=3${suffix}`),
    );
  });
});

describe('mlflow', () => {
  /** Reads a file store as MLflow's FileStore does: by the folders and files that it lists. */
  function readExperiment(root: string, name: string) {
    const folder = readdirSync(root)
      .map((id) => join(root, id))
      .find((path) => readYaml(join(path, 'meta.yaml')).name === name)!;
    const runs = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory());
    return {
      meta: readYaml(join(folder, 'meta.yaml')),
      runs: runs.map(({ name: id }) => ({
        meta: readYaml(join(folder, id, 'meta.yaml')),
        params: readTree(join(folder, id, 'params')),
        tags: readTree(join(folder, id, 'tags')),
        metrics: readTree(join(folder, id, 'metrics')),
        artifacts: readTree(join(folder, id, 'artifacts')),
      })),
    };
  }

  test('[W19] MLflow finds an experiment, a run with its state, parameters, tags, metrics and artifacts', async () => {
    const folder = createTemporaryFolder();
    await track('mlflow', folder);

    const { meta, runs } = readExperiment(folder, 'radiograph');
    expect(meta.experiment_id).toMatch(/^[1-9]\d{17}$/);
    expect(meta.lifecycle_stage).toBe('active');
    const [only] = runs;
    expect(only!.meta).toMatchObject({
      experiment_id: meta.experiment_id,
      run_name: run.name,
      start_time: timeMs,
      status: 3,
    });
    expect(only!.meta.run_id).toMatch(/^[0-9a-f]{32}$/);
    expect(only!.params).toEqual(run.params);
    expect(only!.tags).toMatchObject({
      'mlflow.runName': run.name,
      'mlflow.source.git.commit': 'abc',
      'radiograph.graph': 'ablation',
    });
    expect(only!.metrics).toEqual({ 'segmenter/loss': `${timeMs} 0.5 1\n${timeMs} 0.25 300\n` });
    expect(only!.artifacts).toEqual({ 'montage.figure.png': 'a picture' });
  });

  test('[W45] an experiment of someone else keeps its bytes, whatever its id; ours is found by its name', async () => {
    const folder = createTemporaryFolder();
    mkdirSync(join(folder, '1'));
    const theirs =
      "artifact_location: file:///somewhere\nexperiment_id: '1'\nlifecycle_stage: active\nname: my experiment\n";
    writeFileSync(join(folder, '1', 'meta.yaml'), theirs);
    mkdirSync(join(folder, '22'));
    writeFileSync(join(folder, '22', 'meta.yaml'), theirs.replace('my experiment', "'radiograph'"));

    await track('mlflow', folder, [run, { ...run, name: 'arm=weak only seed=3' }]);

    expect(readFileSync(join(folder, '1', 'meta.yaml'), 'utf8')).toBe(theirs);
    expect(readdirSync(join(folder, '1'))).toEqual(['meta.yaml']);
    expect(readdirSync(folder).sort()).toEqual(['1', '22']);
    expect(readdirSync(join(folder, '22'))).toHaveLength(3);
  });

  test('[W45] a deleted experiment of our name is not written to, and the run goes on', async () => {
    const folder = createTemporaryFolder();
    mkdirSync(join(folder, '3'));
    const meta = "experiment_id: '3'\nlifecycle_stage: deleted\nname: radiograph\n";
    writeFileSync(join(folder, '3', 'meta.yaml'), meta);

    await expect(track('mlflow', folder)).rejects.toThrow(
      'expected the experiment radiograph to be active',
    );
    expect(readdirSync(join(folder, '3'))).toEqual(['meta.yaml']);
  });
});

describe('files', () => {
  test('[W20] CSV and JSONL have a line per number; another kind is refused', async () => {
    const folder = createTemporaryFolder();
    await track('csv', join(folder, 'a.csv'));
    await track('csv', join(folder, 'a.csv')); // ours is replaced
    await track('jsonl', join(folder, 'a.jsonl'));

    expect(readFileSync(join(folder, 'a.csv'), 'utf8')).toBe(
      `run,tag,step,value,time\n${run.name},segmenter/loss,1,0.5,${time}\n${run.name},segmenter/loss,300,0.25,${time}\n`,
    );
    const [line] = readFileSync(join(folder, 'a.jsonl'), 'utf8').split('\n');
    expect(JSON.parse(line!)).toEqual({
      run: run.name,
      tag: 'segmenter/loss',
      step: 1,
      value: 0.5,
      time,
    });
    expect(() => openTracker('wandb:x')).toThrow(
      'expected tensorboard, mlflow, csv, jsonl, parquet',
    );
  });

  test('[W24] a Parquet file has a row per number, as another reader finds it', async () => {
    const path = join(createTemporaryFolder(), 'a.parquet');
    await track('parquet', path);
    await track('parquet', path);

    const { buffer, byteOffset, byteLength } = readFileSync(path);
    const file = buffer.slice(byteOffset, byteOffset + byteLength);
    const row = { run: run.name, tag: 'segmenter/loss', time: new Date(time) };
    expect(await parquetReadObjects({ file })).toEqual([
      { ...row, step: 1n, value: 0.5 },
      { ...row, step: 300n, value: 0.25 },
    ]);
  });

  test.each(['csv', 'jsonl', 'parquet'])(
    '[W45] a file of something else is left as it is: %s',
    (kind) => {
      const path = join(createTemporaryFolder(), 'mine');
      writeFileSync(path, 'my,own,notes\n');

      expect(() => openTracker(`${kind}:${path}`)).toThrow('was left as it is');
      expect(readFileSync(path, 'utf8')).toBe('my,own,notes\n');
    },
  );

  test('[W46] a place that cannot be written costs the numbers, not the run, and is told at the end', async () => {
    const path = join(createTemporaryFolder(), 'a file');
    writeFileSync(path, '');

    const tracker = openTracker(`tensorboard:${path}`);
    tracker.open(run).write({ tag: 'loss', step: 0, value: 1, timeMs });
    await expect(tracker.finish()).rejects.toThrow(/expected a place that can be written/);
    expect(existsSync(path)).toBe(true);
  });
});

/** Splits a file into its records and checks both checksums of each. */
function readRecords(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  const check = (data: Buffer, at: number) => {
    const crc = crc32c(data);
    expect(file.readUInt32LE(at)).toBe((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  };
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    check(file.subarray(at, at + 8), at + 8);
    const data = file.subarray(at + 12, at + 12 + length);
    check(data, at + 12 + length);
    records.push(data);
    at += 16 + length;
  }
  return records;
}

/** A flat mapping whose texts are plain or quoted. */
function readYaml(path: string): Record<string, unknown> {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => {
      const [, key, value] = /^(\w+): ?(.*)$/.exec(line)!;
      const text = value!.startsWith("'") ? value!.slice(1, -1) : value!;
      return [key!, /^["\d[n]/.test(value!) ? JSON.parse(value!) : text];
    }),
  );
}

/** Contents by path below a folder. */
function readTree(folder: string, prefix = ''): Record<string, string> {
  return Object.assign(
    {},
    ...readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return readTree(path, `${prefix}${entry.name}/`);
      return { [prefix + entry.name]: readFileSync(path, 'utf8') };
    }),
  );
}
