/** Makes a journal anew with some of its lines, while others append to it. */
import { readdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from './files.ts';
import { openJournal } from './journal.ts';
import { newFile } from './journal-append.ts';
import type { Line } from './journal-line.ts';

/**
 * Keeps the lines that `keep` wants. Its files first lose their names, by which whoever appends at that moment sees that it must append
 * again elsewhere; until the new file is there, readers find the lines in the old ones, also after a crash. One process at a time.
 */
export async function compactJournal(folder: string, keep: (line: Line) => boolean): Promise<void> {
  for (const name of readdirSync(folder))
    if (name.endsWith('.log'))
      await rename(join(folder, name), join(folder, name.replace(/log$/, 'old')));
  const old = readdirSync(folder).filter((name) => name.endsWith('.old'));
  const paths = new Set(old.map((name) => join(folder, name)));
  const kept = openJournal(folder)
    .lines()
    .filter((line) => paths.has(line.path) && keep(line));
  const lines = kept.map(({ sum, rest }) => Buffer.concat([Buffer.from(`\n${sum} `), rest]));
  if (kept.length > 0) await writeDurably(newFile(folder), Buffer.concat([...lines, lineBreak]));
  for (const path of paths) await rm(path);
}

const lineBreak = Buffer.from('\n');
