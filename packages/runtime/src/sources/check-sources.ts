/** Whether what nodes read from outside is there: all that is not, not the first. */
import {
  digestSources,
  type Graph,
  type GraphNode,
  type Problem,
  RadiographError,
  type Source,
} from '@radiograph/graph';
import type { OpenServices } from '../run/services.ts';

type Reader = Pick<OpenServices['services'], 'sourceDigest' | 'listDigest'>;

/**
 * Every file and folder that parameters name and that cannot be read, at the parameter that names it
 * (`nodes.xrays.params.folder`). Empty where a run could read all of them.
 */
export async function checkSources(
  { nodes }: Pick<Graph, 'nodes'>,
  services: Reader,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const node of nodes) problems.push(...(await checkNode(node, services)));
  return problems;
}

/** Lists are made from files; where one of these is missing, it is said once. */
async function checkNode(node: GraphNode, services: Reader): Promise<readonly Problem[]> {
  const sources = node.type.sources(node.params);
  const isList = (source: Source) => typeof source !== 'string';
  for (const part of [sources.filter((one) => !isList(one)), sources.filter(isList)]) {
    const found: Problem[] = [];
    for (const source of new Set(part)) found.push(...(await checkSource(node, source, services)));
    if (found.length > 0) return found;
  }
  return [];
}

async function checkSource(node: GraphNode, source: Source, services: Reader): Promise<Problem[]> {
  const name = typeof source === 'string' ? source : source.folder;
  const { params } = node;
  try {
    await digestSources({ type: { ...node.type, sources: () => [source] }, params }, services);
    return [];
  } catch (error) {
    if (!(error instanceof RadiographError) || error.code !== 'data') throw error;
    const path = placeOf(node, name);
    return error.problems.map((problem) => ({ path, message: explain(problem, name) }));
  }
}

/** The place as the parameter says it, and as it was looked for. */
function explain({ path, message }: Problem, source: string): string {
  return path === source
    ? `${message}; it says ${source}`
    : `${message} at ${path}; it says ${source}`;
}

/** The parameter that names a source; the node itself where it is made of several. */
function placeOf({ id, params }: GraphNode, source: string): string {
  const field = Object.entries(params).find(([, value]) => holds(value, source))?.[0];
  return field === undefined ? `nodes.${id}` : `nodes.${id}.params.${field}`;
}

function holds(value: unknown, source: string): boolean {
  if (typeof value === 'object' && value !== null)
    return Object.values(value).some((part) => holds(part, source));
  return value === source;
}
