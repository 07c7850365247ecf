import { join, relative, resolve } from 'node:path';
import { readSweep, writeReport } from '@radiograph/sweep';
import { findHome } from '../open-graph.ts';
import { nodePackages } from '../registry.ts';

export type ReportFlags = { readonly out?: string; readonly measure?: string };

type Written = Awaited<ReturnType<typeof writeReport>>;

/** `radiograph report [SWEEP]`: the report of a finished sweep (default: the latest). */
export async function reportCommand(sweepId: string, flags: ReportFlags): Promise<number> {
  printReport(await reportSweep(sweepId, flags));
  return 0;
}

/** Writes the report of a finished sweep. */
export async function reportSweep(sweepId: string, flags: ReportFlags = {}): Promise<Written> {
  const home = findHome();
  const { result, graphText, folder } = await readSweep(home, sweepId);
  const out = flags.out === undefined ? join(folder, 'report') : resolve(flags.out);
  return writeReport({
    home,
    packages: nodePackages,
    result,
    graphText,
    folder: out,
    ...(flags.measure === undefined ? {} : { measure: flags.measure }),
  });
}

/** Says what a report says, and where it is. */
export function printReport({ path, summary }: Written): void {
  for (const line of summary) console.log(line);
  console.log(`report: ${relative(process.cwd(), path)}`);
}
