import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mostPrinted, printProblem, RadiographError } from '@radiograph/graph';
import { EngineError, MemoryError } from '@radiograph/tensor';
import { digestBytes } from '../store/files.ts';
import type { ErrorReport } from './events.ts';

/** An error as data. Messages of the user's mistakes begin with the node; our bugs carry their stack. */
export function reportError(error: unknown, nodeId?: string): ErrorReport {
  const place = nodeId === undefined ? '' : `${nodeId}: `;
  if (error instanceof RadiographError) {
    const message = error.message
      .split('\n')
      .map((line) => `${place}${line}`)
      .join('\n');
    return { code: error.code, message };
  }
  if (error instanceof EngineError) return { code: 'usage', message: `${place}${error.message}` };
  if (error instanceof MemoryError) return { code: 'data', message: `${place}${error.message}` };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'internal', message: `${place}${stack}` };
}

/** As `reportError`; a message that leaves out problems names a file below `home` that has every one. */
export async function reportStepError(
  error: unknown,
  { nodeId, home }: { readonly nodeId: string; readonly home: string },
): Promise<ErrorReport> {
  const report = reportError(error, nodeId);
  if (!(error instanceof RadiographError) || error.problems.length <= mostPrinted) return report;
  const path = await keepProblems(error, { nodeId, home }).catch(() => undefined);
  if (path === undefined) return report; // a full disk must not hide what went wrong
  return {
    ...report,
    message: `${report.message}\n${nodeId}: all ${error.problems.length}: ${path}`,
  };
}

async function keepProblems(
  { problems }: RadiographError,
  { nodeId, home }: { readonly nodeId: string; readonly home: string },
): Promise<string> {
  const text = `${problems.map(printProblem).join('\n')}\n`;
  const path = join(home, 'problems', `${nodeId}-${digestBytes(text).slice(0, 8)}.txt`);
  await mkdir(join(home, 'problems'), { recursive: true });
  await writeFile(path, text);
  return path;
}
