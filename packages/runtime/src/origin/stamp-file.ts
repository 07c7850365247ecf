/**
 * Writes into the bytes of a file where it comes from, where its format has a place for texts that readers skip.
 *
 * Only files that leave the store are stamped: two runs that make the same figure share one artifact. JSON and CSV of other programs
 * stay as they are; `provenance.json` beside them says it.
 */
import { crc32 } from 'node:zlib';
import { addSafetensorsMetadata } from '@radiograph/tensor/safetensors';
import type { Origin } from './origin.ts';

type Stamp = (bytes: Uint8Array, texts: Readonly<Record<string, string>>) => Uint8Array;

/** By extension; each gives a file that it does not understand back as it is. */
const stamps: Readonly<Record<string, Stamp>> = {
  '.png': stampPng,
  '.jpg': stampJpeg,
  '.jpeg': stampJpeg,
  '.safetensors': stampSafetensors,
  '.onnx': stampOnnx,
};

/** Puts an origin into a file; its content as others read it stays the same. */
export function stampFile(extension: string, bytes: Uint8Array, origin: Origin): Uint8Array {
  const stamp = stamps[extension.toLowerCase()];
  if (stamp === undefined) return bytes;
  const texts = Object.entries(origin).map(([name, text]) => [`radiograph.${name}`, text]);
  return stamp(bytes, Object.fromEntries(texts));
}

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const pngHead = 33; // signature and IHDR, which comes first and has one length

/** One uncompressed iTXt chunk per text (PNG, third edition, 11.3.3.4), behind IHDR. */
function stampPng(bytes: Uint8Array, texts: Readonly<Record<string, string>>): Uint8Array {
  if (bytes.length < pngHead || !signature.equals(bytes.subarray(0, 8))) return bytes;
  const chunks = Object.entries(texts).map(([name, text]) =>
    pngChunk('iTXt', Buffer.from(`${name}\0\0\0\0\0${text}`)),
  );
  return Buffer.concat([bytes.subarray(0, pngHead), ...chunks, bytes.subarray(pngHead)]);
}

function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A comment segment (ITU-T T.81, B.2.4.5) before the first segment that is no APPn: JFIF and Exif must come first. */
function stampJpeg(bytes: Uint8Array, texts: Readonly<Record<string, string>>): Uint8Array {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return bytes;
  let at = 2;
  while (bytes[at] === 0xff && bytes[at + 1]! >= 0xe0 && bytes[at + 1]! <= 0xef)
    at += 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
  const text = Buffer.from(JSON.stringify(texts));
  const head = Buffer.from([0xff, 0xfe, (text.length + 2) >> 8, (text.length + 2) & 0xff]);
  return Buffer.concat([bytes.subarray(0, at), head, text, bytes.subarray(at)]);
}

/** Entries of `__metadata__`, which holds texts alone; the data stays aligned to 8 bytes. */
function stampSafetensors(bytes: Uint8Array, texts: Readonly<Record<string, string>>): Uint8Array {
  return addSafetensorsMetadata(bytes, texts) ?? bytes;
}

const irVersion = 1 << 3; // ModelProto.ir_version, with which every writer begins
const metadataProps = (14 << 3) | 2; // ModelProto.metadata_props, a message

/** Entries of `metadata_props`. Fields of a protobuf that are repeated may stand anywhere, so they go behind the rest. */
function stampOnnx(bytes: Uint8Array, texts: Readonly<Record<string, string>>): Uint8Array {
  if (bytes[0] !== irVersion) return bytes;
  const entries = Object.entries(texts).map(([key, value]) =>
    protobufField(metadataProps, [
      protobufField((1 << 3) | 2, [Buffer.from(key)]),
      protobufField((2 << 3) | 2, [Buffer.from(value)]),
    ]),
  );
  return Buffer.concat([bytes, ...entries]);
}

/** Tag, length and content. */
function protobufField(tag: number, parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...varint(content.length)]), content]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
