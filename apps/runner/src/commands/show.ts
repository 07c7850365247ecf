import { join, relative } from 'node:path';
import { readRun } from '@radiograph/runtime';
import { findHome } from '../open-graph.ts';
import { printDuration } from '../terminal/print-duration.ts';

/** `radiograph show [RUN]`: what a run did, step by step; the latest by default. */
export async function showCommand(
  runId: string,
  flags: { readonly json: boolean },
): Promise<number> {
  const home = findHome();
  const result = await readRun(home, runId);
  if (flags.json) {
    console.log(JSON.stringify(result, null, 2));
    return 0;
  }
  console.log(
    `${result.runId}  ${result.graph}  ${result.status} in ${printDuration(result.seconds)}`,
  );
  const width = Math.max(0, ...Object.keys(result.steps).map((id) => id.length));
  for (const [nodeId, step] of Object.entries(result.steps)) {
    const time = step.status === 'ran' ? printDuration(step.seconds) : '';
    console.log(
      `  ${nodeId.padEnd(width)}  ${step.status.padEnd(7)}  ${time.padStart(12)}  ${step.reason}`,
    );
    for (const [port, digest] of Object.entries(step.outputs))
      console.log(`  ${' '.repeat(width)}    ${port} ${digest.slice(0, 12)}`);
  }
  console.log(`record: ${relative(process.cwd(), join(home, 'runs', result.runId))}`);
  if (result.error !== null) console.log(`error: ${result.error.message}`);
  return 0;
}
