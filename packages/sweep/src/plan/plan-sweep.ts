/**
 * Cells -> one plan: the steps of all cells merged, each unique step once.
 *
 * The content of an input is not known before its step has run, so steps are merged by RECIPE: the digest of everything a step
 * depends on, with the recipes of its inputs in the place of their contents. Equal recipes compute the same thing.
 */
import {
  canonicalJson,
  deriveSeed,
  digestSources,
  type Graph,
  type GraphNode,
  type PlanServices,
  resolveStep,
  type StepRecord,
  sha256Hex,
} from '@radiograph/graph';
import type { ProvedCell } from '../cells/check-cells.ts';
import { estimateStep } from './estimate.ts';
import { groupJobs, type SweepJob } from './group-jobs.ts';

/** A unique step of the sweep. */
export type SweepTask = {
  readonly recipe: string;
  readonly nodeId: string;
  /** Positions of the cells that need it. */
  readonly cells: readonly number[];
  /** Recipes of the steps whose outputs it reads. */
  readonly needs: readonly string[];
  readonly state: 'run' | 'reuse';
  /** Whether its node type says that it can be cut along its samples. */
  readonly isShardable: boolean;
  /** Estimated from earlier runs; null = a node of this type has never run. */
  readonly seconds: number | null;
  /** Memory that its process may hold, estimated likewise. */
  readonly bytes: number | null;
  /** Whether it computes with the engine, and so on an accelerator where the engine does. */
  readonly usesEngine: boolean;
};

/** All cells as one plan. */
export type SweepPlan = {
  readonly cells: readonly ProvedCell[];
  readonly tasks: readonly SweepTask[];
  /** Recipe by node id, per cell. */
  readonly recipes: readonly ReadonlyMap<string, string>[];
  readonly jobs: readonly SweepJob[];
  /** Into how many shards steps that can be cut are cut; 1 = none. */
  readonly shards: number;
};

/** Plans a sweep; finished steps in the store are reused. @throws a data error if a source file is missing. */
export async function planSweep(
  cells: readonly ProvedCell[],
  services: PlanServices,
  shards = 1,
): Promise<SweepPlan> {
  const tasks = new Map<string, Draft>();
  const allRecipes: ReadonlyMap<string, string>[] = [];
  for (const [index, { graph }] of cells.entries()) {
    const recipes = new Map<string, string>();
    allRecipes.push(recipes);
    for (const node of graph.nodes) {
      const recipe = await recipeOf(node, graph, { services, recipes });
      recipes.set(node.id, recipe);
      const known =
        tasks.get(recipe) ?? (await draftTask(node, graph, { services, recipes, tasks }));
      known.cells.add(index);
      tasks.set(recipe, known);
    }
  }
  const merged = [...tasks].map(
    ([recipe, { cells: users, record, ...task }]): SweepTask => ({
      recipe,
      ...task,
      cells: [...users],
      state: record === undefined ? 'run' : 'reuse',
    }),
  );
  const jobs = groupJobs(cells, merged, shards);
  return { cells, tasks: merged, recipes: allRecipes, jobs, shards };
}

type Draft = Omit<SweepTask, 'cells' | 'recipe' | 'state'> & {
  readonly cells: Set<number>;
  readonly record: StepRecord | undefined;
};

type Reading = {
  readonly services: PlanServices;
  /** Recipes of the nodes before this one. */
  readonly recipes: ReadonlyMap<string, string>;
};

async function recipeOf(
  node: GraphNode,
  graph: Graph,
  { services, recipes }: Reading,
): Promise<string> {
  const { type } = node;
  const sources = await digestSources(node, services);
  const inputs = Object.entries(node.inputs).map(([port, wires]) => [
    port,
    wires.map(({ nodeId, port: output }) => `${recipes.get(nodeId)}.${output}`),
  ]);
  const parts = {
    type: type.type,
    version: type.version,
    implementation: await services.implementation(type.type),
    params: node.params,
    inputs,
    sources,
    seed: type.uses?.includes('seed') ? deriveSeed(graph.seed, node.id) : null,
    numerics: type.uses?.includes('engine') ? services.numerics : null,
  };
  return sha256Hex(`radiograph-recipe/1\n${canonicalJson(parts)}`);
}

async function draftTask(
  node: GraphNode,
  graph: Graph,
  { services, recipes, tasks }: Reading & { readonly tasks: ReadonlyMap<string, Draft> },
): Promise<Draft> {
  const sources = [
    ...new Set(
      Object.values(node.inputs)
        .flat()
        .map(({ nodeId }) => nodeId),
    ),
  ];
  const outputs = new Map<string, StepRecord['outputs']>();
  for (const nodeId of sources) {
    const record = tasks.get(recipes.get(nodeId)!)!.record;
    if (record !== undefined) outputs.set(nodeId, record.outputs);
  }
  const step = await resolveStep(node, graph, { services, outputs });
  const record = step.type === 'reuse' ? step.record : undefined;
  return {
    nodeId: node.id,
    isShardable: node.type.shards !== undefined,
    usesEngine: node.type.uses?.includes('engine') === true,
    cells: new Set(),
    needs: sources.map((nodeId) => recipes.get(nodeId)!),
    record,
    ...(record === undefined ? await estimateStep(node, services) : { seconds: 0, bytes: null }),
  };
}
