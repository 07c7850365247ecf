import type { Table } from '@radiograph/kinds';
import { MemoryError } from '@radiograph/tensor';
import { createTestContext, paintSquares } from '@radiograph/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { deepLabTrain } from '../segment/deeplab-train.ts';

const options = { width: 4, decoderChannels: 8, channels: 1, rates: [1, 1, 2], epochs: 1 };

afterEach(() => vi.unstubAllEnvs());

function train(batchSize: number, side: number, context = createTestContext()) {
  const { images, masks } = paintSquares(batchSize, side);
  const supervision = { strong: { images, masks }, weak: null, mixing: { type: 'concatenate' } };
  const params = deepLabTrain.params.parse({ ...options, batchSize });
  return deepLabTrain.run({ supervision }, params, context);
}

test('a batch that does not fit is refused before it compiles, with the largest that does', async () => {
  vi.stubEnv('RADIOGRAPH_MEMORY', '80M');

  const context = createTestContext();
  const refused = await train(64, 64, context).catch((error: unknown) => error);

  expect(refused, context.logs.join()).toBeInstanceOf(MemoryError);
  const { largestBatch } = refused as MemoryError;
  expect(largestBatch, (refused as Error).message).toBeGreaterThan(1);
});

test('the log tells what each batch size is predicted to need', async () => {
  const context = createTestContext();
  await train(8, 32, context);

  expect(context.logs.join('\n')).toMatch(
    /[\d,]+ parameters, batches of 8: up to about \d+ MiB of memory/,
  );
});

test('micro-batches need less memory, train, and the log tells what they change', async () => {
  const context = createTestContext();
  const { images, masks } = paintSquares(8, 32);
  const supervision = { strong: { images, masks }, weak: null, mixing: { type: 'concatenate' } };
  const params = deepLabTrain.params.parse({ ...options, batchSize: 8, microBatchSize: 3 });

  const { history } = await deepLabTrain.run({ supervision }, params, context);

  expect((history as Table).rows).toEqual([[1, expect.closeTo(0.85, 0)]]);
  expect(context.logs).toContain(
    'micro-batches differ from batches of 8: batch normalization takes mean and variance over each micro-batch, not over the batch',
  );
  expect(context.logs).toContain(
    'micro-batches differ from batches of 8: the loss gives no count of items that it is a mean over: the mean over micro-batches takes its place',
  );
});
