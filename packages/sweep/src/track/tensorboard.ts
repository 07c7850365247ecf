/**
 * TensorBoard event files: `<folder>/<run>/events.out.tfevents.*`.
 *
 * A file is TFRecords: length (u64), masked CRC-32C of it, the bytes, masked CRC-32C of them; little-endian. A record is an Event of
 * tensorflow/core/util/event.proto: wall_time = 1 (double), step = 2 (int64), file_version = 3 (string), summary = 5, whose value = 1 has
 * tag = 1 and simple_value = 2 (float).
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { crc32c } from './crc32c.ts';
import { folderName, type Tracker } from './scalar.ts';

/** Opens a folder of event files, one run per folder below it. */
export function openTensorBoard(folder: string): Tracker {
  const files = new Map<string, string>();
  const fileOf = (run: string, timeMs: number): string => {
    const known = files.get(run);
    if (known !== undefined) return known;
    const below = join(folder, folderName(run));
    mkdirSync(below, { recursive: true });
    const seconds = Math.floor(timeMs / 1000);
    const path = join(below, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}`);
    files.set(run, path);
    appendFileSync(path, frameRecord(encodeVersion(timeMs / 1000)));
    return path;
  };
  return {
    write(scalar) {
      appendFileSync(fileOf(scalar.run, scalar.timeMs), frameRecord(encodeScalar(scalar)));
    },
    close: (run) => void files.delete(run),
  };
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

type Point = {
  readonly tag: string;
  readonly step: number;
  readonly value: number;
  readonly timeMs: number;
};

function encodeScalar({ tag, step, value, timeMs }: Point): Buffer {
  const entry = Buffer.concat([bytes(1, Buffer.from(tag)), float(2, value)]);
  const summary = bytes(1, entry);
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
