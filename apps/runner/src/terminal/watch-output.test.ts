import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { watchOutput } from './watch-output.ts';

test.each([
  ['EPIPE', []],
  ['ENOSPC', [[4, 'error: standard output: expected room for the result, got a full disk']]],
])('output that fails with %s ends the command with %j', (code, expected) => {
  const output = new EventEmitter();
  const ended: unknown[] = [];
  watchOutput(output, (...how) => ended.push(how));
  output.emit('error', Object.assign(new Error('write'), { code }));
  expect(ended).toEqual(expected);
});
