/** One row per number as Apache Parquet. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { foreign } from './lines.ts';
import type { Metric, Tracker } from './tracker.ts';

const mark = { key: 'created_by', value: 'radiograph --track' };

/**
 * Writes `run, tag, step, value, time` when the tracking ends: a Parquet file is written whole. A file of an earlier tracking is replaced.
 *
 * @throws a usage error for a file of something else.
 */
export function openParquet(path: string): Tracker {
  const rows: (Metric & { readonly run: string })[] = [];
  if (existsSync(path) && !readFileSync(path).includes(mark.value)) throw foreign('parquet', path);
  return {
    open: ({ name }) => ({
      write: (metric) => void rows.push({ run: name, ...metric }),
      attach: () => {},
      close: () => {},
    }),
    finish: async () => {
      mkdirSync(dirname(path), { recursive: true });
      const buffer = parquetWriteBuffer({
        columnData: [
          { name: 'run', data: rows.map(({ run }) => run), type: 'STRING' },
          { name: 'tag', data: rows.map(({ tag }) => tag), type: 'STRING' },
          { name: 'step', data: rows.map(({ step }) => BigInt(step)), type: 'INT64' },
          { name: 'value', data: rows.map(({ value }) => value), type: 'DOUBLE' },
          { name: 'time', data: rows.map(({ timeMs }) => new Date(timeMs)), type: 'TIMESTAMP' },
        ],
        kvMetadata: [mark],
      });
      writeFileSync(path, new Uint8Array(buffer));
    },
  };
}
