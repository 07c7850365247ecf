/** What is known of a step before it has run: all that its key depends on, without its inputs. */
import { canonicalJson, deriveSeed, type Graph, type StepRecord } from '@radiograph/graph';

/** The recipe of a finished step. */
export const recipeOf = ({
  type,
  version,
  params,
  seed,
}: Pick<StepRecord['parts'], 'type' | 'version' | 'params' | 'seed'>): string =>
  canonicalJson([type, version, params, seed]);

/** The recipes of a graph's steps. */
export function recipesOf(graph: Graph): string[] {
  return graph.nodes.map(({ id, type: { type, version, uses }, params }) => {
    const seed = uses?.includes('seed') ? deriveSeed(graph.seed, id) : null;
    return recipeOf({ type, version, params, seed });
  });
}
