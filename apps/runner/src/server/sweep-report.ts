/** Reports of sweeps, written and handed out by the server. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '@radiograph/runtime';
import { type ExperimentPlace, readSweep, writeReport } from '@radiograph/sweep';
import type { Response } from 'express';
import { HttpError } from './http-error.ts';

/** Writes the report of a finished sweep into its record; the names of its files, the page first. */
export async function writeSweepReport(place: ExperimentPlace, id: string): Promise<string[]> {
  const { result, graphText, folder } = await readSweep(place.home, id);
  const report = join(folder, 'report');
  await writeReport({ ...place, result, graphText, folder: report });
  const names = await readdir(report);
  return ['report.html', ...names.filter((name) => name !== 'report.html').sort()];
}

type Wanted = { readonly home: string; readonly id: string; readonly name: string };

/** Sends one file. The page may use its own styles and pictures and nothing else; all others are downloads. */
export async function sendReportFile(
  response: Response,
  { home, id, name }: Wanted,
): Promise<void> {
  const { folder } = await readSweep(home, id);
  const path = join(folder, 'report', name);
  if (!(await exists(path))) {
    const message = 'expected a file of the report, got none of this name; write the report first';
    throw new HttpError(404, { code: 'missing', problem: { path: name, message } });
  }
  response.set('cache-control', 'no-store');
  if (name.endsWith('.html'))
    response.set(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
    );
  else response.attachment(`${id}.${name}`);
  await new Promise<void>((done, fail) => {
    response.sendFile(path, { dotfiles: 'allow', cacheControl: false }, (error) =>
      error && !response.headersSent ? fail(error) : done(),
    );
  });
}
