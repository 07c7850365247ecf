/** One row per number as Apache Parquet. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Scalar, Tracker } from './scalar.ts';

/** Writes `run, tag, step, value, time` when the sweep ends: a Parquet file is written whole. */
export function openParquet(path: string): Tracker {
  const rows: Scalar[] = [];
  rmSync(path, { force: true });
  return {
    write: (scalar) => void rows.push(scalar),
    close: () => {},
    finish: async () => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, new Uint8Array(printParquet(rows)));
    },
  };
}

const printParquet = (rows: readonly Scalar[]): ArrayBuffer =>
  parquetWriteBuffer({
    columnData: [
      { name: 'run', data: rows.map(({ run }) => run), type: 'STRING' },
      { name: 'tag', data: rows.map(({ tag }) => tag), type: 'STRING' },
      { name: 'step', data: rows.map(({ step }) => BigInt(step)), type: 'INT64' },
      { name: 'value', data: rows.map(({ value }) => value), type: 'DOUBLE' },
      { name: 'time', data: rows.map(({ timeMs }) => new Date(timeMs)), type: 'TIMESTAMP' },
    ],
  });
