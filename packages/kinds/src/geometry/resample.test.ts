import { describe, expect, test } from 'vitest';
import fixture from '../../fixtures/resize.json' with { type: 'json' };
import { fitLetterbox, identityFrame, letterboxTransform } from './frame.ts';
import { maskInFrame, resizeBilinear, resizeBytes } from './resample.ts';
import { encodeRle } from './rle.ts';

const newSize = [6, 10] as const; // fixture.new_size_hw
const sizeOf = (rows: number[][]) => [rows.length, rows[0]!.length] as const;

describe('resizeBilinear', () => {
  test('[R6] equals PyTorch with align_corners=False', () => {
    const expected = fixture.torch_bilinear_ac_false_13x20;
    const resized = resizeBilinear(
      { data: fixture.src.flat(), size: sizeOf(fixture.src) },
      sizeOf(expected),
    );

    for (const [i, value] of expected.flat().entries()) expect(resized[i]).toBeCloseTo(value, 3);
  });
});

test('[R6] resizeBytes equals OpenCV on 8-bit pixels, to the bit', () => {
  const resized = resizeBytes({ data: fixture.src.flat(), size: sizeOf(fixture.src) }, newSize);

  expect([...resized]).toEqual(fixture.cv2_linear.flat());
});

describe('maskInFrame', () => {
  const size = sizeOf(fixture.mask_src);
  const counts = encodeRle(Uint8Array.from(fixture.mask_src.flat()), ...size);
  const mask = { counts, size, frame: identityFrame };

  test('[R7] a mask in original pixels goes through the letterbox as its image did', () => {
    const target = [10, 10] as const;
    const box = fitLetterbox(size, target);
    const frame = letterboxTransform(size, box);
    const placed = maskInFrame(mask, { size: target, frame, originalSize: size });

    const inner = fixture.mask_cv2_linear.flat();
    const cut = Array.from(
      { length: box.height * box.width },
      (_, i) => placed[(Math.floor(i / box.width) + box.top) * 10 + (i % box.width) + box.left],
    );
    expect(cut).toEqual(inner);
    expect(placed.reduce((a, b) => a + b, 0)).toBe(inner.reduce((a, b) => a + b, 0));
  });

  test('[R7] a mask that already is in the frame is only decoded', () => {
    expect([...maskInFrame(mask, { size, frame: identityFrame, originalSize: size })]).toEqual(
      fixture.mask_src.flat(),
    );
  });

  test('[R7] a mask in the pixels of another copy of the image is refused', () => {
    const target = {
      size,
      frame: identityFrame,
      originalSize: [2 * size[0], 2 * size[1]] as const,
    };
    const wide = { ...target, frame: { scaleX: 2, scaleY: 2, offsetX: 0, offsetY: 0 } };

    expect(() => maskInFrame(mask, wide)).toThrow('expected masks of the original');
  });

  test('[R8] any other frame is sampled through the original pixels', () => {
    const half = { scaleX: 2, scaleY: 2, offsetX: 0, offsetY: 0 };
    const quarter = {
      counts: encodeRle(Uint8Array.of(1, 0, 0, 1), 2, 2),
      size: [2, 2] as const,
      frame: { ...half, scaleX: 4, scaleY: 4 },
    };
    const sampled = maskInFrame(quarter, { size: [4, 4], frame: half, originalSize: [8, 8] });

    expect([...sampled]).toEqual([1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1]);
  });
});
