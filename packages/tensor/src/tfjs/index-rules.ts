/** Gather and scatter along one axis. */
import {
  cast,
  clipByValue,
  gather,
  reshape,
  scatterND,
  type Tensor,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import type { TfjsCall } from './rules.ts';

/** Limited to the axis, as on the other engines. */
function toIndices(indices: Tensor, size: number): Tensor {
  return cast(clipByValue(indices, 0, Math.max(0, size - 1)), 'int32');
}

export function evaluateGather({
  params: { axis },
  inputs: [x, indices],
  shape,
}: TfjsCall<'gather'>): Tensor {
  if (indices!.size === 0) return zeros([...shape]);
  return gather(x!, toIndices(indices!, x!.shape[axis]!), axis);
}

export function evaluateScatterAdd({
  params: { axis, size },
  inputs: [y, indices],
  shape,
}: TfjsCall<'scatterAdd'>): Tensor {
  if (y!.size === 0) return zeros([...shape]);
  const toFront = [axis, ...y!.shape.map((_, i) => i).filter((i) => i !== axis)];
  const updates = transpose(y!, toFront);
  const count = y!.shape[axis]!;
  const places = reshape(toIndices(indices!, size), [count, 1]);
  const total = scatterND(places, reshape(updates, [count, y!.size / count]), [
    size,
    y!.size / count,
  ]);
  const front = reshape(
    total,
    toFront.map((i) => shape[i]!),
  );
  return transpose(
    front,
    toFront.map((_, i) => toFront.indexOf(i)),
  );
}
