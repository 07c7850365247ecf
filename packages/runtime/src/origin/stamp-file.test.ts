import { readSafetensors, writeSafetensors } from '@radiograph/tensor/safetensors';
import { describe, expect, test } from 'vitest';
import type { Origin } from './origin.ts';
import { stampFile } from './stamp-file.ts';

const origin: Origin = {
  run: '20260101-000000000-aaaa',
  graph: 'a'.repeat(64),
  node: 'exporté',
  port: 'file',
  step: 'b'.repeat(64),
  artifact: 'c'.repeat(64),
};
const stamped = Object.fromEntries(
  Object.entries(origin).map(([name, text]) => [`radiograph.${name}`, text]),
);

describe('stampFile', () => {
  test('[E33] a safetensors file keeps its tensors, its metadata and its alignment', () => {
    const tensors = new Map([['w', { shape: [2], data: Float32Array.of(1, 2) }]]);
    const bytes = stampFile('.safetensors', writeSafetensors(tensors, { format: 'pt' }), origin);

    expect(readSafetensors(bytes).tensors).toEqual(tensors);
    expect(readSafetensors(bytes).metadata).toEqual({ format: 'pt', ...stamped });
    expect(bytes.length % 8).toBe(0);
  });

  test('[E33] a JPEG gets one comment, behind the segments that must come first', () => {
    const app0 = [0xff, 0xe0, 0, 4, 0x4a, 0x46];
    const rest = [0xff, 0xdb, 0, 3, 1, 0xff, 0xd9];
    const bytes = stampFile('.JPG', Uint8Array.from([0xff, 0xd8, ...app0, ...rest]), origin);

    const text = Buffer.from(JSON.stringify(stamped));
    const comment = [0xff, 0xfe, (text.length + 2) >> 8, (text.length + 2) & 0xff, ...text];
    expect([...bytes]).toEqual([0xff, 0xd8, ...app0, ...comment, ...rest]);
  });

  test.each(['.png', '.jpg', '.safetensors', '.onnx', '.json', ''])(
    '[E33] a %s file that is none, or that has no place for texts, stays as it is',
    (extension) => {
      for (const bytes of [Uint8Array.of(), Uint8Array.of(1, 2, 3), Buffer.alloc(64, '7')])
        expect(stampFile(extension, bytes, origin)).toBe(bytes);
    },
  );
});
