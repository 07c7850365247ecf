/** Height and width in pixels. */
export type Size = readonly [height: number, width: number];

/**
 * Maps a point of a packed frame to the original radiograph: `original = scale * frame + offset` per axis.
 *
 * Coordinates are pixel edges (the center of the first pixel is 0.5), so that a resize by s is exactly a scale by 1/s.
 * Every crop, letterbox and resize is recorded as one of these; this is how a map or mask always finds its way back to the
 * original pixels (the centre-crop fault of the released CheXseg maps, method.md a.7, cannot happen silently).
 */
export type FrameTransform = {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly offsetX: number;
  readonly offsetY: number;
};

/** The transform of a frame that is the original itself. */
export const identityFrame: FrameTransform = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };

/** Where an image lies inside its letterboxed frame, in frame pixels. */
export type Letterbox = {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
};

/**
 * Fits an original size into a frame, keeping the aspect ratio, padding the rest.
 *
 * New sides are `trunc(side * ratio)` and the padding is split with the smaller half first, as in the released CheXseg
 * (data/segmentation_dataset.py; method.md b.8). A side never becomes smaller than 1 pixel.
 */
export function fitLetterbox([height, width]: Size, [frameHeight, frameWidth]: Size): Letterbox {
  const ratio = Math.min(frameHeight / height, frameWidth / width);
  // The tiny addend keeps an exact product such as 320 * (1 / 320) * 320 from truncating one pixel short.
  const inner = (side: number) => Math.max(1, Math.trunc(side * ratio + 1e-9));
  const box = { height: inner(height), width: inner(width) };
  return {
    ...box,
    top: Math.floor((frameHeight - box.height) / 2),
    left: Math.floor((frameWidth - box.width) / 2),
  };
}

/** The transform from a letterboxed frame back to the original pixels. */
export function letterboxTransform([height, width]: Size, box: Letterbox): FrameTransform {
  const scaleX = width / box.width;
  const scaleY = height / box.height;
  return { scaleX, scaleY, offsetX: -box.left * scaleX, offsetY: -box.top * scaleY };
}
