import { join, relative, resolve } from 'node:path';
import { readSweep, writeReport } from '@radiograph/sweep';
import { findHome } from '../open-graph.ts';
import { nodePackages } from '../registry.ts';

export type ReportFlags = { readonly out?: string; readonly measure?: string };

/** `radiograph report [SWEEP]`: the report of a finished sweep (default: the latest). */
export async function reportCommand(sweepId: string, flags: ReportFlags): Promise<number> {
  const home = findHome();
  const { result, graphText, folder } = await readSweep(home, sweepId);
  const out = flags.out === undefined ? join(folder, 'report') : resolve(flags.out);
  const { path, summary } = await writeReport({
    home,
    packages: nodePackages,
    result,
    graphText,
    folder: out,
    ...(flags.measure === undefined ? {} : { measure: flags.measure }),
  });
  for (const line of summary) console.log(line);
  console.log(`report: ${relative(process.cwd(), path)}`);
  return 0;
}
