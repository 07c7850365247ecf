/** Otsu's threshold of 8-bit values, and 8-bit values of a map. */

/**
 * The threshold that separates two classes best: maximizes q1 q2 (mu1 - mu2)^2 over 256 bins; the first maximum wins and
 * foreground is strictly above (Otsu 1979; OpenCV's THRESH_OTSU). 0 if all values are equal.
 */
export function otsuThreshold(values: Uint8Array): number {
  const histogram = new Float64Array(256);
  for (const value of values) histogram[value]!++;
  let total = 0;
  for (let value = 0; value < 256; value++) total += value * histogram[value]!;
  let best = { between: 0, threshold: 0 };
  let count = 0;
  let below = 0;
  for (let threshold = 0; threshold < 256; threshold++) {
    count += histogram[threshold]!;
    below += threshold * histogram[threshold]!;
    const rest = values.length - count;
    if (count === 0 || rest === 0) continue;
    const distance = below / count - (total - below) / rest;
    const between = (count / values.length) * (rest / values.length) * distance * distance;
    if (between > best.between) best = { between, threshold };
  }
  return best.threshold;
}

/** Scales a map to 0..1 by its minimum and maximum; undefined if it is constant. */
export function normalizeMap(map: Float32Array): Float32Array | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of map) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high > low)) return undefined;
  return map.map((value) => (value - low) / (high - low));
}

/** 8-bit values by truncation, as numpy's astype(uint8) of 255 m. */
export function toBytes(map: Float32Array): Uint8Array {
  const bytes = new Uint8Array(map.length);
  for (let i = 0; i < map.length; i++) bytes[i] = 255 * map[i]!; // a typed array truncates
  return bytes;
}
