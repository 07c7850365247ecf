/** The matrix of one-dimensional bilinear interpolation, by either corner convention of PyTorch. */
type Interpolation = {
  readonly from: number;
  readonly to: number;
  readonly alignCorners: boolean;
  readonly transposed?: boolean;
};

/** Row-major `[to, from]` (or `[from, to]` when transposed): each output is a weighted mean of at most two inputs. */
export function interpolationMatrix({
  from,
  to,
  alignCorners,
  transposed = false,
}: Interpolation): Float32Array {
  const matrix = new Float32Array(from * to);
  for (let i = 0; i < to; i++) {
    const position = sourcePosition(i, { from, to, alignCorners });
    const low = Math.min(Math.floor(position), from - 1);
    const high = Math.min(low + 1, from - 1);
    const fraction = position - low;
    const at = (j: number) => (transposed ? j * to + i : i * from + j);
    matrix[at(low)]! += 1 - fraction;
    matrix[at(high)]! += fraction;
  }
  return matrix;
}

function sourcePosition(index: number, { from, to, alignCorners }: Interpolation): number {
  if (alignCorners) return to === 1 ? 0 : (index * (from - 1)) / (to - 1);
  return Math.min(Math.max(0, ((index + 0.5) * from) / to - 0.5), from - 1);
}
