import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { MemoryError } from '../errors.ts';
import { conv, dense } from '../model/layers.ts';
import { exp, mul, neg } from '../ops/elementwise.ts';
import { reshape } from '../ops/layout.ts';
import { mean, sum } from '../ops/reduce.ts';
import { sgd } from '../optimizers/optimizer.ts';
import { createPredictor } from '../predict.ts';
import { traceProgram } from '../testing/trace.ts';
import { createTrainer, type TrainerOptions } from '../train.ts';
import { readMemoryLimit } from './memory-limit.ts';
import { predictMemory } from './predict-memory.ts';

const MiB = 2 ** 20;
const entry = fileURLToPath(new URL('../testing/memory-process.ts', import.meta.url));

/** A step whose maps take 4 * 16 * 64 * 64 * 4 bytes = 1 MiB per image and layer. */
const step = (batch: number, memoryLimit?: number): TrainerOptions => ({
  inputs: { x: [batch, 1, 64, 64] },
  loss: ({ x }, scope) => ({ loss: mean(exp(conv(scope, x!, { channels: 64, size: 3 }))) }),
  optimizer: sgd(),
  seed: 1,
  ...(memoryLimit === undefined ? {} : { memoryLimit }),
});

async function refusalOf(options: TrainerOptions): Promise<MemoryError> {
  const error = await createTrainer(options).catch((thrown: unknown) => thrown);
  if (error instanceof MemoryError) return error;
  throw new Error(`expected a MemoryError, got ${error}`);
}

describe('predictMemory', () => {
  test('[E7] counts inputs, results, and what lives at once between them', () => {
    const program = traceProgram({ x: [256] }, ({ x }) => {
      const a = exp(x!); // lives until b
      const b = reshape(neg(a), [16, 16]); // the same memory as its input
      return { y: sum(mul(b, b)) };
    });

    const { inputs, results, constants, intermediates } = predictMemory(program, 'trained');

    expect({ inputs, results, constants }).toEqual({ inputs: 1024, results: 4, constants: 0 });
    expect(intermediates).toBe(2 * 1024); // a and b, then b and b * b
  });

  test.each([
    ['maps', 'train'],
    ['maps', 'predict'],
    ['weights', 'train'],
    ['weights', 'predict'],
  ])(
    '[E7] is within a factor of 1.5 of how a process grows that is mostly %s and runs to %s',
    async (network, mode) => {
      const run = promisify(execFile);
      const { stdout } = await run(process.execPath, ['--import', 'tsx', entry, network, mode]);
      const { predicted, measured } = JSON.parse(stdout) as Record<string, number>;

      expect(measured! / predicted!).toBeGreaterThan(1 / 1.5);
      expect(measured! / predicted!).toBeLessThan(1.5);
    },
  );
});

describe('refusals', () => {
  test('[E8] name prediction, what is available and the largest batch that fits, which then does', async () => {
    const refused = await refusalOf(step(512, 200 * MiB));

    expect(refused.message).toMatch(
      /^memory: expected at most 200 MiB \(available\), got a prediction of \d+\.\d GiB at batch size 512; a batch size of \d+ would fit/,
    );
    expect(refused.predicted).toBeGreaterThan(200 * MiB);
    const fitting = refused.largestBatch!;
    const trainer = await createTrainer(step(fitting, 200 * MiB));
    expect(trainer.memory.total).toBeLessThanOrEqual(200 * MiB);
    await trainer.dispose();
    expect((await refusalOf(step(fitting + 1, 200 * MiB))).largestBatch).toBe(fitting);
  });

  test('[E8] say where no batch fits, and where inputs have no batch in common', async () => {
    expect((await refusalOf(step(8, 10 * MiB))).message).toContain('no batch fits');
    const uneven = {
      ...step(8, 10 * MiB),
      inputs: { x: [8, 1, 64, 64], other: [3] },
    };
    expect((await refusalOf(uneven)).largestBatch).toBeUndefined();
  });

  test('[E8] reach predictors too', async () => {
    const predictor = createPredictor({
      inputs: { x: [4, 8] },
      forward: ({ x }, scope) => ({ y: dense(scope, x!, { features: 2 }) }),
      weights: new Map([
        ['weight', { shape: [2, 8], data: new Float32Array(16) }],
        ['bias', { shape: [2], data: new Float32Array(2) }],
      ]),
      memoryLimit: 1 * MiB,
    });

    await expect(predictor).rejects.toThrow(MemoryError);
  });
});

describe('readMemoryLimit', () => {
  test('[E9] reads bytes and units, and refuses anything else', () => {
    expect(readMemoryLimit('1000')).toBe(1000);
    expect(['6G', '6 GiB', '6gb'].map((text) => readMemoryLimit(text))).toEqual(
      [6, 6, 6].map((n) => n * 2 ** 30),
    );
    expect(readMemoryLimit('1.5M')).toBe(1.5 * MiB);
    expect(() => readMemoryLimit('much')).toThrow(
      'RADIOGRAPH_MEMORY: expected bytes, or a number with K, M or G such as 6G, got much',
    );
  });

  test('[E9] is what is available where nothing is set', () => {
    expect(readMemoryLimit('')).toBeGreaterThan(10 * MiB);
  });
});
