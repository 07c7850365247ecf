import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryFolder } from '@radiograph/testing';
import { parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import type { SweepEvent } from '../run/events.ts';
import { crc32c } from './crc32c.ts';
import { openTracker, trackSweep } from './tracker.ts';

const time = '2026-01-02T03:04:05.000Z';
const progress = (done: number, loss: number): SweepEvent => ({
  time,
  type: 'job-event',
  job: 'cell-1',
  event: {
    id: done,
    time,
    type: 'step-progress',
    nodeId: 'segmenter',
    done,
    total: 400,
    unit: 'batch',
    rate: null,
    secondsLeft: null,
    metrics: { loss },
  },
});
const events: SweepEvent[] = [
  { time, type: 'job-started', job: 'cell-1', cells: ['rho=0.5 seed=3'], only: null },
  progress(1, 0.5),
  progress(300, 0.25),
  { time, type: 'job-finished', job: 'cell-1', status: 'done', runId: 'x', error: null },
];

function track(kind: string, path: string): void {
  const listener = trackSweep([openTracker(`${kind}:${path}`)]);
  for (const event of events) listener(event);
}

test('[W18] TensorBoard reads records whose checksums hold, with tag, step and value', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  const folder = createTemporaryFolder();
  track('tensorboard', folder);

  const run = join(folder, 'rho=0.5_seed=3');
  const records = readRecords(readFileSync(join(run, readdirSync(run)[0]!)));
  expect(records[0]!.includes('brain.Event:2')).toBe(true);
  expect(records).toHaveLength(3);
  const [, first, second] = records;
  expect(first!.readDoubleLE(1)).toBe(Date.parse(time) / 1000);
  expect(first!.includes('segmenter/loss')).toBe(true);
  expect(first!.readFloatLE(first!.length - 4)).toBe(0.5);
  // Step 300 as a varint: 300 = 2 * 128 + 44.
  expect([...second!.subarray(9, 12)]).toEqual([16, 44 + 128, 2]);
});

test('[W19] MLflow finds an experiment, a run with its state, parameters and metrics', () => {
  const folder = createTemporaryFolder();
  track('mlflow', folder);

  const experiment = join(folder, '1');
  expect(readFileSync(join(experiment, 'meta.yaml'), 'utf8')).toContain('name: "radiograph"');
  const id = readdirSync(experiment).find((name) => name !== 'meta.yaml')!;
  const read = (...path: string[]) => readFileSync(join(experiment, id, ...path), 'utf8');
  expect(read('meta.yaml')).toMatch(/run_id: "[0-9a-f]{32}"\n/);
  expect(read('meta.yaml')).toContain('status: 3\n');
  expect(read('params', 'rho')).toBe('0.5');
  expect(read('metrics', 'segmenter', 'loss')).toBe(
    `${Date.parse(time)} 0.5 1\n${Date.parse(time)} 0.25 300\n`,
  );
});

test('[W20] CSV and JSONL have a line per number; another kind is refused', () => {
  const folder = createTemporaryFolder();
  track('csv', join(folder, 'a.csv'));
  track('jsonl', join(folder, 'a.jsonl'));

  expect(readFileSync(join(folder, 'a.csv'), 'utf8')).toBe(
    `run,tag,step,value,time\nrho=0.5 seed=3,segmenter/loss,1,0.5,${time}\nrho=0.5 seed=3,segmenter/loss,300,0.25,${time}\n`,
  );
  const [line] = readFileSync(join(folder, 'a.jsonl'), 'utf8').split('\n');
  expect(JSON.parse(line!)).toEqual({
    run: 'rho=0.5 seed=3',
    tag: 'segmenter/loss',
    step: 1,
    value: 0.5,
    time,
  });
  expect(() => openTracker('wandb:x')).toThrow('expected tensorboard, mlflow, csv, jsonl, parquet');
});

test('[W24] a Parquet file has a row per number, as another reader finds it', async () => {
  const path = join(createTemporaryFolder(), 'a.parquet');
  const tracker = openTracker(`parquet:${path}`);
  const listener = trackSweep([tracker]);
  for (const event of events) listener(event);
  await tracker.finish!();

  const { buffer, byteOffset, byteLength } = readFileSync(path);
  const file = buffer.slice(byteOffset, byteOffset + byteLength);
  const row = { run: 'rho=0.5 seed=3', tag: 'segmenter/loss', time: new Date(time) };
  expect(await parquetReadObjects({ file })).toEqual([
    { ...row, step: 1n, value: 0.5 },
    { ...row, step: 300n, value: 0.25 },
  ]);
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
