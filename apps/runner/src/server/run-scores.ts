/** What runs scored: read once per run, since a finished run does not change. */
import type { NodeScore } from '@radiograph/api';
import {
  type GraphDocument,
  parseDocument,
  RadiographError,
  type Registry,
} from '@radiograph/graph';
import type { Scores } from '@radiograph/kinds';
import { type RunDetails, readRunDetails } from '@radiograph/runtime';
import { HttpError } from './http-error.ts';
import type { Services } from './services.ts';

/** The scores that a finished run made; none where they are no longer in the store. */
export type ReadScores = (runId: string) => Promise<readonly NodeScore[]>;

/** Reads scores by run. */
export function createScoreReader({ home, registry, loadArtifact }: Services): ReadScores {
  const kept = new Map<string, Promise<readonly NodeScore[]>>();
  const read = async (runId: string) => {
    const places = listScores(await readRunDetails(home, runId), registry);
    const all = places.map(async ({ nodeId, digest }): Promise<NodeScore> => {
      const { value } = await loadArtifact(digest);
      const { perImage, bootstrap } = value as Scores; // the port that made it says so
      return { nodeId, mean: perImage.mean, interval: bootstrap.mean };
    });
    return Promise.all(all);
  };
  return (runId) => {
    const known = kept.get(runId) ?? read(runId).catch(forgiveLoss);
    kept.set(runId, known);
    known.catch(() => kept.delete(runId));
    return known;
  };
}

function forgiveLoss(error: unknown): readonly NodeScore[] {
  if (error instanceof HttpError && error.status === 404) return [];
  throw error;
}

/** The scores that the steps of a run made, by node; those of single readers are no evaluator's. */
export function listScores({ graphText, steps }: RunDetails, registry: Registry) {
  const nodes = nodesOf(graphText);
  return Object.entries(steps).flatMap(([nodeId, { outputs }]) => {
    const ports = registry.get(nodes[nodeId]?.type ?? '')?.outputs ?? {};
    return Object.entries(ports).flatMap(([port, { kind }]) => {
      const digest = outputs[port];
      return kind === 'scores' && port !== 'readers' && digest !== undefined
        ? [{ nodeId, digest }]
        : [];
    });
  });
}

/** None where a record lost its graph. */
function nodesOf(graphText: string): GraphDocument['nodes'] {
  try {
    return parseDocument(graphText).nodes;
  } catch (error) {
    if (error instanceof RadiographError) return {};
    throw error;
  }
}
