/** What exported files say of their origin, as readers see it that know nothing of Radiograph. */
import { mul, readOnnxInitializers, writeOnnx } from '@radiograph/tensor';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { stampFile } from '../packages/runtime/src/origin/stamp-file.ts';

const digest = 'a'.repeat(64);
const names = { run: '20260101-000000000-aaaa', graph: digest, node: 'exporté', port: 'figure' };
const origin = { ...names, step: digest, artifact: digest };

describe('stampFile', () => {
  test('libvips reads the texts of a PNG, and the same pixels as before', async () => {
    const raw = { width: 2, height: 1, channels: 1 } as const;
    const png = await sharp(Uint8Array.of(3, 200), { raw }).png().toBuffer();
    const stamped = stampFile('.png', png, origin);

    const { comments } = await sharp(stamped).metadata();
    expect(comments).toEqual(
      Object.entries(origin).map(([name, text]) => ({ keyword: `radiograph.${name}`, text })),
    );
    expect(await sharp(stamped).raw().toBuffer()).toEqual(await sharp(png).raw().toBuffer());
  });

  test('libvips reads a JPEG with a comment as before', async () => {
    const raw = { width: 2, height: 1, channels: 1 } as const;
    const jpeg = await sharp(Uint8Array.of(3, 200), { raw }).jpeg().toBuffer();
    const stamped = stampFile('.jpg', jpeg, origin);

    expect(stamped.length).toBeGreaterThan(jpeg.length);
    expect(await sharp(stamped).raw().toBuffer()).toEqual(await sharp(jpeg).raw().toBuffer());
  });

  test('protobuf reads an ONNX model with more metadata as before', () => {
    const onnx = writeOnnx({
      inputs: { x: [2] },
      forward: ({ x }, scope) => ({ y: mul(x!, scope.param('w', [2], { type: 'ones' })) }),
      weights: new Map([['w', { shape: [2], data: Float32Array.of(3, 4) }]]),
    });
    const stamped = stampFile('.onnx', onnx, origin);

    const before = readOnnxInitializers(onnx);
    const after = readOnnxInitializers(Uint8Array.from(stamped));
    expect({ ...after, metadata: {} }).toEqual({ ...before, metadata: {} });
    expect(after.metadata).toMatchObject({ ...before.metadata, 'radiograph.run': origin.run });
    expect(Buffer.from(stamped).includes(`radiograph.run\x12\x17${origin.run}`)).toBe(true);
  });
});
