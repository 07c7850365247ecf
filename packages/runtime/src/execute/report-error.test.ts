import { readFileSync } from 'node:fs';
import { RadiographError } from '@radiograph/graph';
import { createTemporaryFolder } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { reportStepError } from './report-error.ts';

test('of 223,414 problems twenty are told, with their number and a file that has every one', async () => {
  const home = createTemporaryFolder();
  const problems = Array.from({ length: 223_414 }, (_, i) => ({
    path: `view${i}.jpg`,
    message: 'expected an image, got nothing',
  }));
  const error = new RadiographError('data', problems);

  const { code, message } = await reportStepError(error, { nodeId: 'train', home });
  const lines = message.split('\n');
  expect(code).toBe('data');
  expect(lines).toHaveLength(22);
  expect(lines[19]).toBe('train: view19.jpg: expected an image, got nothing');
  expect(lines[20]).toBe('train: and 223394 more like these');
  const path = /^train: all 223414: (.+)$/.exec(lines[21]!)![1]!;
  expect(readFileSync(path, 'utf8').split('\n')[223_413]).toContain('view223413.jpg');
});

test('a few problems are told whole and leave no file', async () => {
  const home = createTemporaryFolder();
  const error = new RadiographError('data', { path: 'a.jpg', message: 'expected an image' });

  const report = await reportStepError(error, { nodeId: 'train', home });
  expect(report).toEqual({ code: 'data', message: 'train: a.jpg: expected an image' });
});
