/** Numbers about arrays that a person wants to see first. */
import type { Statistics } from '@radiograph/api';

const bins = 40;
const sampleLimit = 2_000_000; // enough for a histogram; a larger array is read at a stride

/** Describes numbers; an empty array has range 0..0. Large arrays are sampled evenly for the mean and the histogram. */
export function describeNumbers(data: ArrayLike<number>): Statistics {
  const stride = Math.max(1, Math.floor(data.length / sampleLimit));
  let [minimum, maximum, sum, seen, nanCount] = [Infinity, -Infinity, 0, 0, 0];
  for (let i = 0; i < data.length; i += stride) {
    const value = data[i]!;
    if (Number.isNaN(value)) nanCount++;
    else {
      minimum = Math.min(minimum, value);
      maximum = Math.max(maximum, value);
      sum += value;
      seen++;
    }
  }
  if (seen === 0) [minimum, maximum] = [0, 0];
  const counts = new Array<number>(bins).fill(0);
  const scale = maximum > minimum ? bins / (maximum - minimum) : 0;
  for (let i = 0; i < data.length; i += stride) {
    const value = data[i]!;
    if (!Number.isNaN(value)) counts[Math.min(bins - 1, Math.floor((value - minimum) * scale))]!++;
  }
  return {
    count: data.length,
    nanCount,
    minimum,
    maximum,
    mean: seen === 0 ? 0 : sum / seen,
    counts,
  };
}
