import { planGraph, type Step } from '@radiograph/graph';
import { openServices, reportPlan } from '@radiograph/runtime';
import { findHome, openGraph } from '../open-graph.ts';
import { nodePackages } from '../registry.ts';
import type { RunFlags } from './run.ts';

/** `radiograph plan`: what would run, what is reused, and why. Runs nothing. */
export async function planCommand(graphPath: string, flags: RunFlags): Promise<number> {
  const { graph, ...part } = await openGraph(graphPath, flags);
  const { data } = graph.document;
  const place = { home: findHome(), graphPath, packages: nodePackages, engine: flags.engine };
  const { services, save } = await openServices({ ...place, data });
  const plan = await planGraph(graph, services, part);
  await save();
  if (flags.json) console.log(JSON.stringify(reportPlan(plan), null, 2));
  else console.log(printSteps(plan.steps));
  return 0;
}

function printSteps(steps: readonly Step[]): string {
  const width = Math.max(0, ...steps.map(({ nodeId }) => nodeId.length));
  const lines = steps.flatMap((step) => {
    const head = `${step.type.padEnd(5)}  ${step.nodeId.padEnd(width)}`;
    if (step.type !== 'run') return [`${head}  ${step.reason}`];
    const indent = ' '.repeat(head.length);
    return step.changes.map((change, i) => `${i === 0 ? head : indent}  ${change}`);
  });
  const count = (type: Step['type']) => steps.filter((step) => step.type === type).length;
  const counts = `${count('run')} to run, ${count('reuse')} to reuse, ${count('skip')} to skip`;
  return [...lines, '', counts].join('\n');
}
