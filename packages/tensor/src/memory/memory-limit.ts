/** How much memory a program may take, and the refusal of those that would take more. */
import { freemem } from 'node:os';
import type { SessionOptions } from '../backends/session.ts';
import { MemoryError, ShapeError } from '../errors.ts';
import type { Program } from '../ir/program.ts';
import type { Shape } from '../shape.ts';
import { type MemoryPrediction, predictMemory } from './predict-memory.ts';

const units: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/**
 * Bytes that a program may take: `RADIOGRAPH_MEMORY` where it is set (a number of bytes, or of K, M or G: `6G`), otherwise what the
 * machine, or the container around the process, has available now.
 */
export function readMemoryLimit(setting = process.env.RADIOGRAPH_MEMORY): number {
  // Where /proc is not mounted Node knows of 0 bytes; the machine's free memory is known all the same.
  if (setting === undefined || setting === '') return process.availableMemory?.() || freemem();
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([KMG]?)(?:i?B)?$/i.exec(setting.trim()) ?? [];
  if (digits === undefined || unit === undefined)
    throw new MemoryError(
      `RADIOGRAPH_MEMORY: expected bytes, or a number with K, M or G such as 6G, got ${setting}`,
    );
  return Number(digits) * units[unit.toUpperCase()]!;
}

type Candidate = Pick<SessionOptions, 'weights'> & {
  readonly program: Program;
  readonly inputs: Readonly<Record<string, Shape>>;
  /** The same program for other shapes of the inputs. */
  readonly retrace: (inputs: Readonly<Record<string, Shape>>) => Program;
  readonly limit?: number | undefined;
  /** Bytes that are needed beside the program; default 0. */
  readonly beside?: number;
};

/** Predicts a program's memory. @throws {MemoryError} if it exceeds the limit, with the largest batch that would not. */
export function assertFitsMemory({
  program,
  weights,
  inputs,
  retrace,
  limit = readMemoryLimit(),
  beside = 0,
}: Candidate): MemoryPrediction {
  const predict = (candidate: Program) => {
    const alone = predictMemory(candidate, weights);
    return { ...alone, total: alone.total + beside };
  };
  const prediction = predict(program);
  if (prediction.total <= limit) return prediction;
  const batch = batchOf(inputs);
  const predictBatch = (size: number) => predict(retrace(withBatch(inputs, size))).total;
  const fitting =
    batch === undefined
      ? undefined
      : findLargestBatch({ batch, total: prediction.total, limit, predictBatch });
  throw new MemoryError(explain({ total: prediction.total, limit, batch, fitting }), {
    predicted: prediction.total,
    available: limit,
    largestBatch: fitting,
  });
}

/** The first side of all inputs, where they have it in common: the batch. */
export function batchOf(inputs: Readonly<Record<string, Shape>>): number | undefined {
  const sides = new Set(Object.values(inputs).map(([batch]) => batch));
  return sides.size === 1 ? [...sides][0] : undefined;
}

/** The same inputs for another batch. */
export function withBatch(
  inputs: Readonly<Record<string, Shape>>,
  batch: number,
): Record<string, Shape> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => [name, shape.with(0, batch)]),
  );
}

type Search = {
  readonly batch: number;
  readonly total: number;
  readonly limit: number;
  readonly predictBatch: (size: number) => number;
};

/** Memory grows linearly in the batch but for rounding: two predictions give the line, a third confirms. 0: none fits. */
function findLargestBatch({ batch, total, limit, predictBatch }: Search): number | undefined {
  const least = Math.min(2, batch); // one image may have no batch statistics
  if (least === batch) return undefined;
  try {
    const smallest = predictBatch(least);
    const perImage = (total - smallest) / (batch - least);
    let fitting = Math.floor(least + (limit - smallest) / perImage);
    while (fitting > least && predictBatch(fitting) > limit) fitting--;
    return fitting < least ? 0 : fitting;
  } catch (error) {
    if (error instanceof ShapeError) return undefined; // the network takes this batch only
    throw error;
  }
}

type Explanation = {
  readonly total: number;
  readonly limit: number;
  readonly batch: number | undefined;
  readonly fitting: number | undefined;
};

function explain({ total, limit, batch, fitting }: Explanation): string {
  const at = batch === undefined ? '' : ` at batch size ${batch}`;
  const advice =
    fitting === undefined
      ? 'try smaller images or a smaller network'
      : fitting === 0
        ? 'no batch fits: try smaller images or a smaller network'
        : `a batch size of ${fitting} would fit`;
  return `memory: expected at most ${printBytes(limit)} (available), got a prediction of ${printBytes(total)}${at}; ${advice}, or set RADIOGRAPH_MEMORY to allow more`;
}

/** Writes bytes for people: `1.5 GiB`. */
export function printBytes(bytes: number): string {
  return bytes < 2 ** 30
    ? `${Math.round(bytes / 2 ** 20)} MiB`
    : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
