/** Receiver operating characteristic of image-level probabilities against labels or masks. */
import type { RocCurve } from '@radiograph/api';
import type { PortKind, PortValues } from '@radiograph/graph';
import { rleArea } from '@radiograph/kinds';
import { HttpError } from '../http-error.ts';
import type { Loaded } from './artifact-cache.ts';

type Scored = { readonly score: number; readonly isPositive: boolean };

/** The curve of scored examples; without a positive or a negative it has no points. */
export function traceRoc(examples: readonly Scored[]): Omit<RocCurve, 'name'> {
  const positives = examples.filter(({ isPositive }) => isPositive).length;
  const negatives = examples.length - positives;
  if (positives === 0 || negatives === 0) return { positives, negatives, area: null, points: [] };
  const sorted = examples.toSorted((a, b) => b.score - a.score);
  const points: [number, number][] = [[0, 0]];
  let [truePositives, falsePositives, area] = [0, 0, 0];
  sorted.forEach(({ score, isPositive }, index) => {
    if (isPositive) truePositives++;
    else falsePositives++;
    if (sorted[index + 1]?.score === score) return; // equal scores are one step
    const point: [number, number] = [falsePositives / negatives, truePositives / positives];
    const [x, y] = points.at(-1)!;
    area += ((point[0] - x) * (point[1] + y)) / 2;
    points.push(point);
  });
  return { positives, negatives, area, points };
}

/** One curve per class that both sides have, images joined by id. @throws HttpError 400 where a kind has no probabilities or truth. */
export function compareToTruth(artifact: Loaded, truth: Loaded): RocCurve[] {
  const scores = readWith(scoreReaders, artifact, 'saliency maps or predictions');
  const labels = readWith(truthReaders, truth, 'labels or masks');
  const truthOf = new Map(labels.ids.map((id, index) => [id, index]));
  return scores.classes.flatMap((name, k) => {
    const column = labels.classes.indexOf(name);
    if (column < 0) return [];
    const examples = scores.ids.flatMap((id, i): Scored[] => {
      const row = truthOf.get(id);
      const label = row === undefined ? null : labels.at(row, column);
      return label === null ? [] : [{ score: scores.at(i, k), isPositive: label === 1 }];
    });
    return [{ name, ...traceRoc(examples) }];
  });
}

type Matrix<T> = {
  readonly ids: readonly string[];
  readonly classes: readonly string[];
  readonly at: (image: number, column: number) => T;
};
type Readers<T> = { readonly [K in PortKind]?: (value: PortValues[K]) => Matrix<T> };

const scoreReaders: Readers<number> = {
  saliency: ({ ids, classes, probabilities }) => ({
    ids,
    classes,
    at: (image, k) => probabilities[image * classes.length + k]!,
  }),
  // A segmenter says that a finding is in the image as strongly as in its most certain pixel.
  predictions: ({ ids, classes, size, probabilities }) => ({
    ids,
    classes,
    at: (image, k) => {
      const area = size[0] * size[1];
      const start = (image * classes.length + k) * area;
      let largest = 0;
      for (let i = start; i < start + area; i++) largest = Math.max(largest, probabilities[i]!);
      return largest;
    },
  }),
};

const truthReaders: Readers<0 | 1 | null> = {
  labels: ({ ids, classes, values }) => ({
    ids,
    classes,
    // Uncertain is neither: such images are left out.
    at: (image, k) => {
      const value = values[image]![k]!;
      return value === -1 ? null : value;
    },
  }),
  masks: ({ ids, classes, counts }) => ({
    ids,
    classes,
    at: (image, k) => {
      const mask = counts[image]![k]!;
      if (mask === null) return null;
      return rleArea(mask) > 0 ? 1 : 0;
    },
  }),
};

function readWith<T>(readers: Readers<T>, { kind, value }: Loaded, expected: string): Matrix<T> {
  const read = readers[kind] as ((value: never) => Matrix<T>) | undefined; // the table pairs kinds with their values
  if (read !== undefined) return read(value as never);
  const message = `expected an artifact with ${expected}, got ${kind}`;
  throw new HttpError(400, { code: 'usage', problem: { path: kind, message } });
}
