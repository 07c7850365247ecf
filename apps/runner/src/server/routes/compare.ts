import { diffDocuments, parseDocument } from '@radiograph/graph';
import type { Scores } from '@radiograph/kinds';
import { type RunDetails, readRunDetails } from '@radiograph/runtime';
import { z } from 'zod';
import { comparePair } from '../compare-pair.ts';
import { defineRoute, HttpError, type Route } from '../route.ts';
import type { Services } from '../services.ts';

/** One side: the scores that a node of a run made. */
const Side = z.strictObject({ runId: z.string(), nodeId: z.string() });

/** Two results side by side: paired differences with intervals, and what differs in the graphs. */
export function compareRoutes({ home, loadArtifact }: Services): readonly Route[] {
  const readSide = async ({ runId, nodeId }: z.infer<typeof Side>) => {
    const run = await readRunDetails(home, runId);
    return { run, scores: await findScores(run, nodeId, loadArtifact) };
  };
  return [
    defineRoute({
      method: 'post',
      path: '/api/compare',
      summary:
        'Paired bootstrap of the per-image IoU of two evaluators, b - a, and the difference of their graphs.',
      body: z.strictObject({
        a: Side,
        b: Side,
        replicates: z.int().min(10).max(50_000).optional(),
      }),
      reply: z.json(),
      handle: async ({ body }) => {
        const [a, b] = await Promise.all([readSide(body.a), readSide(body.b)]);
        const { replicates } = body;
        return {
          ...comparePair(a.scores, b.scores, replicates === undefined ? {} : { replicates }),
          graphChanges: diffDocuments(
            parseDocument(a.run.graphText),
            parseDocument(b.run.graphText),
          ),
        };
      },
    }),
  ];
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
