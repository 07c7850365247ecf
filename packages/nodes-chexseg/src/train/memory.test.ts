import { MemoryError } from '@radiograph/tensor';
import { createTestContext, paintSquares } from '@radiograph/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { deepLabTrain } from '../segment/deeplab-train.ts';

const options = { width: 4, decoderChannels: 16, channels: 1, rates: [1, 1, 2], epochs: 1 };

afterEach(() => vi.unstubAllEnvs());

function train(batchSize: number, side: number, context = createTestContext()) {
  const { images, masks } = paintSquares(64, side);
  const supervision = { strong: { images, masks }, weak: null, mixing: { type: 'concatenate' } };
  const params = deepLabTrain.params.parse({ ...options, batchSize });
  return deepLabTrain.run({ supervision }, params, context);
}

test('a batch that does not fit is refused before it compiles, with the largest that does, which trains', async () => {
  vi.stubEnv('RADIOGRAPH_MEMORY', '110M');

  const context = createTestContext();
  const refused = await train(64, 64, context).catch((error: unknown) => error);

  expect(refused, context.logs.join()).toBeInstanceOf(MemoryError);
  const { largestBatch } = refused as MemoryError;
  expect(largestBatch, (refused as Error).message).toBeGreaterThan(1);
  await train(largestBatch!, 64);
});

test('the log tells what each batch size is predicted to need', async () => {
  const context = createTestContext();
  await train(64, 32, context);

  expect(context.logs.join('\n')).toMatch(
    /[\d,]+ parameters, batches of 64: up to about \d+ MiB of memory/,
  );
});
