import { expect, test } from 'vitest';
import { createProgressLines } from './progress-lines.ts';
import { showControls } from './show-controls.ts';

test('characters that a terminal obeys are shown, line ends and tabs stay', () => {
  expect(showControls('a\u001b]0;owned\u0007\n\tb\rc\u009b31m\u202ed')).toBe(
    'a\\u001b]0;owned\\u0007\n\tb\\u000dc\\u009b31m\\u202ed',
  );
  expect(showControls('M\u00fcller, \u5f71 and \u{1f600}')).toBe(
    'M\u00fcller, \u5f71 and \u{1f600}',
  );
});

test('JSON says the same before and after', () => {
  const value = { name: 'x\u001b[2J\u009b', more: '\u202e' };
  expect(JSON.parse(showControls(JSON.stringify(value)))).toEqual(value);
});

test('a progress line shows what a node logs and obeys nothing of it', () => {
  const written: string[] = [];
  const draw = createProgressLines({
    isTTY: false,
    columns: 80,
    write: (text) => void written.push(text),
  });
  const time = '2026-11-30T00:00:00.000Z';
  draw({ id: 1, time, type: 'step-log', nodeId: 'load', message: 'image \u001b[2Jx' });
  expect(written).toEqual(['  load: image \\u001b[2Jx\n']);
});
