/** One line per number: CSV with a header, or JSON. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Scalar, Tracker } from './scalar.ts';

/** Writes `run,tag,step,value,time`; a file that is there is replaced. */
export function openCsv(path: string): Tracker {
  const quote = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return openLines(path, 'run,tag,step,value,time\n', ({ run, tag, step, value, timeMs }) =>
    [quote(run), quote(tag), step, value, new Date(timeMs).toISOString()].join(','),
  );
}

/** Writes one JSON object per line; a file that is there is replaced. */
export function openJsonLines(path: string): Tracker {
  return openLines(path, '', ({ timeMs, ...scalar }) =>
    JSON.stringify({ ...scalar, time: new Date(timeMs).toISOString() }),
  );
}

function openLines(path: string, head: string, print: (scalar: Scalar) => string): Tracker {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, head);
  return { write: (scalar) => appendFileSync(path, `${print(scalar)}\n`), close: () => {} };
}
