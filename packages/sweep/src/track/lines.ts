/** One line per number: CSV with a header, or JSON. Files have no place for parameters and pictures. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { RadiographError } from '@radiograph/graph';
import { printCsvCell } from '@radiograph/kinds';
import { csvStyle } from '@radiograph/runtime';
import type { Metric, Tracker } from './tracker.ts';

const header = 'run,tag,step,value,time';

/** Writes `run,tag,step,value,time`. A file of an earlier tracking is replaced. @throws a usage error for a file of something else. */
export function openCsv(path: string): Tracker {
  const style = csvStyle();
  const quote = (text: string) => printCsvCell(text, style);
  const print = (run: string, { tag, step, value, timeMs }: Metric) =>
    [quote(run), quote(tag), step, value, new Date(timeMs).toISOString()].join(',');
  return openLines(path, {
    kind: 'csv',
    head: `${header}\n`,
    isOurs: (line) => line === header,
    print,
  });
}

/** Writes one JSON object per line. A file of an earlier tracking is replaced. @throws a usage error for a file of something else. */
export function openJsonLines(path: string): Tracker {
  const print = (run: string, { timeMs, ...metric }: Metric) =>
    JSON.stringify({ run, ...metric, time: new Date(timeMs).toISOString() });
  return openLines(path, {
    kind: 'jsonl',
    head: '',
    isOurs: (line) => line.startsWith('{"run":'),
    print,
  });
}

type Lines = {
  readonly kind: string;
  readonly head: string;
  readonly isOurs: (firstLine: string) => boolean;
  readonly print: (run: string, metric: Metric) => string;
};

function openLines(path: string, { kind, head, isOurs, print }: Lines): Tracker {
  const known = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (known !== '' && !isOurs(known.split('\n')[0]!)) throw foreign(kind, path);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, head);
  return {
    open: ({ name }) => ({
      write: (metric) => appendFileSync(path, `${print(name, metric)}\n`),
      attach: () => {},
      close: () => {},
    }),
    finish: async () => {},
  };
}

/** What is said of a file that is not ours. */
export const foreign = (kind: string, path: string): RadiographError =>
  new RadiographError('usage', {
    path: `--track ${kind}:${path}`,
    message:
      'expected a new file or one that --track wrote; this one is of something else and was left as it is',
  });
