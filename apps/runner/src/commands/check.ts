import {
  checkGraph,
  type Problem,
  printDocument,
  printProblem,
  RadiographError,
} from '@radiograph/graph';
import { replaceDurably } from '@radiograph/runtime';
import { exitCodes } from '../exit-codes.ts';
import { type Changes, readDocument } from '../open-graph.ts';
import { registry } from '../registry.ts';

export type CheckFlags = Changes & {
  readonly json: boolean;
  readonly format: boolean;
};

/**
 * `radiograph check`: every problem with its path and what would be accepted. Exit code 3 if there is one.
 * `--format` also rewrites the file as canonical text, where its shape is right.
 */
export async function checkCommand(graphPath: string, flags: CheckFlags): Promise<number> {
  if (flags.format) await replaceDurably(graphPath, printDocument(await readDocument(graphPath)));
  const problems = await findProblems(graphPath, flags);
  if (flags.json) console.log(JSON.stringify(problems, null, 2));
  else {
    for (const problem of problems) console.log(printProblem(problem));
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    console.log(problems.length === 0 ? `${graphPath}: no problems` : `${graphPath}: ${count}`);
  }
  return problems.length === 0 ? 0 : exitCodes.graph;
}

/** Problems of shape, or, where the shape is right, all others. */
async function findProblems(graphPath: string, changes: Changes): Promise<readonly Problem[]> {
  try {
    return checkGraph(await readDocument(graphPath, changes), registry);
  } catch (error) {
    if (error instanceof RadiographError && error.code === 'graph') return error.problems;
    throw error;
  }
}
