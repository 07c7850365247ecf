import type { api } from '@radiograph/api';
import { diffDocuments, parseDocument } from '@radiograph/graph';
import type { Scores } from '@radiograph/kinds';
import { type RunDetails, readRunDetails } from '@radiograph/runtime';
import { comparePair } from '../compare-pair.ts';
import { HttpError } from '../http-error.ts';
import type { Handlers } from '../serve-route.ts';
import type { Services } from '../services.ts';

/** Two results side by side: paired differences with intervals, and what differs in the graphs. */
export function compareHandlers({ home, loadArtifact }: Services): Handlers<typeof api.compare> {
  const readSide = async ({
    runId,
    nodeId,
  }: {
    readonly runId: string;
    readonly nodeId: string;
  }) => {
    const run = await readRunDetails(home, runId);
    return { run, scores: await findScores(run, nodeId, loadArtifact) };
  };
  return {
    runs: async ({ body }) => {
      const [a, b] = await Promise.all([readSide(body.a), readSide(body.b)]);
      const { replicates } = body;
      return {
        ...comparePair(a.scores, b.scores, replicates === undefined ? {} : { replicates }),
        graphChanges: diffDocuments(parseDocument(a.run.graphText), parseDocument(b.run.graphText)),
      };
    },
  };
}

async function findScores(
  run: RunDetails,
  nodeId: string,
  loadArtifact: Services['loadArtifact'],
): Promise<Scores> {
  for (const digest of Object.values(run.steps[nodeId]?.outputs ?? {})) {
    const { kind, value } = await loadArtifact(digest);
    if (kind === 'scores') return value as Scores; // its kind says so
  }
  const message = 'expected a node that made scores (an mIoU evaluator), got one that did not';
  throw new HttpError(400, { code: 'usage', problem: { path: `${run.runId} ${nodeId}`, message } });
}
