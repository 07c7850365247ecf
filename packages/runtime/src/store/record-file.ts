/**
 * The text of a step's record: `{"sum":"<SHA-256>","key":...}`, the sum over the record without it.
 *
 * A record names the artifacts of a step. Were one changed without a sum, the artifact of another step would be taken for its result:
 * every byte of that artifact is whole. Records of versions before the sum begin with their key and are accepted if they have its shape.
 */
import { z } from 'zod';
import { digestBytes } from './files.ts';
import type { Kept } from './journal-line.ts';

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
/** What every version has written; parts are compared and printed, never looked into. */
const Shape = z.looseObject({
  key: z.string(),
  nodeId: z.string(),
  parts: z.looseObject({ type: z.string(), params: z.record(z.string(), z.unknown()) }),
  outputs: z.record(z.string(), Digest),
  seconds: z.number(),
  finishedAt: z.string(),
  blobs: z.array(Digest).optional(),
});

const head = '{"sum":"';
const sumLength = 64;
const bodyAt = head.length + sumLength + '",'.length;

/** The text of a record as it is kept. */
export function printRecord(record: Kept): string {
  const body = JSON.stringify(record);
  return `${head}${digestBytes(body)}",${body.slice(1)}\n`;
}

/** The record of a key; undefined if the disk changed it, which is as good as none: its step runs again. */
export function readRecord(text: string, key: string): Kept | undefined {
  const record = text.startsWith(head) ? readSummed(text) : readOlder(text);
  return record?.key === key ? record : undefined;
}

function readSummed(text: string): Kept | undefined {
  const body = `{${text.slice(bodyAt).trimEnd()}`;
  const sum = text.slice(head.length, head.length + sumLength);
  return digestBytes(body) === sum ? (JSON.parse(body) as Kept) : undefined; // `printRecord` wrote it
}

/** The key came first: what begins otherwise may be a changed sum. */
function readOlder(text: string): Kept | undefined {
  if (!text.startsWith('{"key":')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Shape.safeParse(value).success ? (value as Kept) : undefined;
  } catch {
    return undefined;
  }
}
