/**
 * TensorBoard event files: `<folder>/<run>/events.out.tfevents.*`.
 *
 * A file is TFRecords: length (u64), masked CRC-32C of it, the bytes, masked CRC-32C of them; little-endian. A record is an Event of
 * tensorflow/core/util/event.proto: wall_time = 1 (double), step = 2 (int64), file_version = 3 (string), summary = 5, whose value = 1 has
 * tag = 1 and simple_value = 2 (float), image = 4 (height = 1, width = 2, colorspace = 3, encoded_image_string = 4), or, for the text
 * plugin, tensor = 8 (dtype = 1, tensor_shape = 2, string_val = 8) and metadata = 9.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isErrno } from '@radiograph/runtime';
import { crc32c } from './crc32c.ts';
import { folderName } from './names.ts';
import type { Metric, TrackedRun, Tracker } from './tracker.ts';

/** Opens a folder of event files, one run per folder below it; a folder that is there is another run's. */
export function openTensorBoard(folder: string): Tracker {
  return {
    open(run) {
      const below = makeFolder(folder, folderName(run.name));
      const seconds = Math.floor(run.startMs / 1000);
      const path = join(below, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}`);
      const append = (event: Buffer) => appendFileSync(path, frameRecord(event));
      append(encodeVersion(run.startMs / 1000));
      append(encodeText(run));
      return {
        write: (metric) => append(encodeScalar(metric)),
        attach({ name, bytes: png, image }) {
          if (image !== undefined) append(encodeImage(name, png, image));
        },
        close: () => {},
      };
    },
    finish: async () => {},
  };
}

/** Makes `name`, or `name_2`, `name_3`, ... where there is one already. */
function makeFolder(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true });
  for (let n = 1; ; n++) {
    const path = join(folder, n === 1 ? name : `${name}_${n}`);
    try {
      mkdirSync(path);
      return path;
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
    }
  }
}

/** A TFRecord. */
function frameRecord(data: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, maskedCrc(length), data, maskedCrc(data)]);
}

function maskedCrc(data: Buffer): Buffer {
  const crc = crc32c(data);
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return masked;
}

const encodeVersion = (seconds: number): Buffer =>
  Buffer.concat([double(1, seconds), bytes(3, Buffer.from('brain.Event:2'))]);

function encodeScalar({ tag, step, value, timeMs }: Metric): Buffer {
  return encodeSummary([bytes(1, Buffer.from(tag)), float(2, value)], { timeMs, step });
}

/** The parameters and tags as a table of the text plugin. */
function encodeText({ params, tags, startMs }: TrackedRun): Buffer {
  const rows = Object.entries({ ...params, ...tags }).map(
    ([key, value]) => `| ${key} | ${value} |`,
  );
  const table = Buffer.from(['| name | value |', '|---|---|', ...rows].join('\n'));
  const plugin = bytes(1, bytes(1, Buffer.from('text')));
  const tensor = Buffer.concat([
    tagged(1, 0, varint(7)),
    bytes(2, Buffer.alloc(0)),
    bytes(8, table),
  ]);
  const value = [bytes(1, Buffer.from('parameters')), bytes(8, tensor), bytes(9, plugin)];
  return encodeSummary(value, { timeMs: startMs, step: 0 });
}

type PngSize = { readonly width: number; readonly height: number };

function encodeImage(name: string, png: Uint8Array, { width, height }: PngSize): Buffer {
  const image = Buffer.concat([
    tagged(1, 0, varint(height)),
    tagged(2, 0, varint(width)),
    tagged(3, 0, varint(3)), // RGB
    bytes(4, Buffer.from(png)),
  ]);
  return encodeSummary([bytes(1, Buffer.from(name)), bytes(4, image)], {
    timeMs: Date.now(),
    step: 0,
  });
}

type Moment = { readonly timeMs: number; readonly step: number };

function encodeSummary(value: readonly Buffer[], { timeMs, step }: Moment): Buffer {
  const summary = bytes(1, Buffer.concat(value));
  return Buffer.concat([double(1, timeMs / 1000), tagged(2, 0, varint(step)), bytes(5, summary)]);
}

// Protocol buffers: a field is its number and wire type (0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes), then its value.
const tagged = (field: number, wire: number, value: Buffer): Buffer =>
  Buffer.concat([varint(field * 8 + wire), value]);
const bytes = (field: number, value: Buffer): Buffer =>
  tagged(field, 2, Buffer.concat([varint(value.length), value]));

function double(field: number, value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleLE(value);
  return tagged(field, 1, buffer);
}

function float(field: number, value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeFloatLE(value);
  return tagged(field, 5, buffer);
}

/** A whole number from 0 on, seven bits a byte, the lowest first. */
function varint(value: number): Buffer {
  const written: number[] = [];
  let rest = value;
  while (rest >= 128) {
    written.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...written, rest]);
}
