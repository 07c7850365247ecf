/** What runs that go on or wait may reuse: a budget must not take from the next run what it was queued to build on. */
import { join } from 'node:path';
import {
  createRegistry,
  type Graph,
  parseDocument,
  type Registry,
  type StepRecord,
  validateSound,
} from '@radiograph/graph';
import { openQueue } from '../queue/queue.ts';
import { summarizeRuns } from '../run/run-history.ts';
import { nodeTypesOf } from '../run/services.ts';
import type { NodePackage } from '../sources/implementation-digest.ts';
import { readTextIfPresent } from '../store/files.ts';
import { listAnnounced } from './announce.ts';
import { recipeOf, recipesOf } from './recipe.ts';

/** Whether a step may be reused by a run that goes on or waits. */
export type Wanted = (record: StepRecord) => boolean;

/**
 * Looks at the queue, at the runs of this machine, and at what sweeps on any host have announced. What a step will get as input is not known before the run is there, so every
 * record with the type, parameters and seed of one of its nodes counts; graphs that cannot run want nothing.
 */
export async function findWanted(home: string, packages: readonly NodePackage[]): Promise<Wanted> {
  const registry = createRegistry(nodeTypesOf(packages));
  const texts = [...(await listQueued(home)), ...(await listRunning(home))];
  const recipes = new Set(texts.flatMap((text) => listRecipes(text, registry)));
  for (const recipe of await listAnnounced(home)) recipes.add(recipe);
  return ({ parts }) => recipes.has(recipeOf(parts));
}

async function listQueued(home: string): Promise<string[]> {
  return (await openQueue(home).state()).runs.map(({ text }) => text);
}

async function listRunning(home: string): Promise<string[]> {
  const running = (await summarizeRuns(home)).filter(({ status }) => status === 'running');
  const texts = running.map(({ runId }) =>
    readTextIfPresent(join(home, 'runs', runId, 'graph.json')),
  );
  return (await Promise.all(texts)).filter((text) => text !== undefined);
}

function listRecipes(text: string, registry: Registry): string[] {
  const graph = validateOrNone(text, registry);
  return graph === undefined ? [] : recipesOf(graph);
}

function validateOrNone(text: string, registry: Registry): Graph | undefined {
  try {
    return validateSound(parseDocument(text), registry);
  } catch {
    return undefined;
  }
}
