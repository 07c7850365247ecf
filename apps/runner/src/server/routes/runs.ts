import type { api } from '@radiograph/api';
import { readRunDetails, readRunEvents, summarizeRuns } from '@radiograph/runtime';
import { HttpError } from '../http-error.ts';
import { assertRuns } from '../inspect-graph.ts';
import { createArmReader } from '../run-arms.ts';
import { createScoreReader } from '../run-scores.ts';
import type { Handlers } from '../serve-route.ts';
import type { Services } from '../services.ts';

const scoredRuns = 300; // newest first

/** The records of runs. */
export function runHandlers(services: Services): Handlers<typeof api.runs> {
  const { home } = services;
  const readScores = createScoreReader(services);
  const readArms = createArmReader(home);
  return {
    scores: async () => {
      const [runs, arms] = await Promise.all([summarizeRuns(home, scoredRuns), readArms()]);
      const scored = runs.map(async ({ runId, status }) => ({
        runId,
        arm: arms.get(runId) ?? null,
        // What a run that goes on has made would be kept as if it were all.
        scores: status === 'running' ? [] : await readScores(runId),
      }));
      return { runs: await Promise.all(scored) };
    },
    list: async () => ({ runs: (await summarizeRuns(home)).map(withoutKeys) }),
    read: async ({ params }) => withoutKeys(await readRunDetails(home, params.id)),
    events: async ({ params, query }) => {
      await readRunDetails(home, params.id); // refuses ids that are not runs, and so paths
      return { events: await readRunEvents(home, params.id, query.after) };
    },
  };
}

/** Keys are for the cache's own bookkeeping. */
function withoutKeys<T extends { readonly keys: unknown }>({ keys: _, ...rest }: T) {
  return rest;
}

/** The queue: runs that wait, start, move and are canceled. */
export function queueHandlers(services: Services): Handlers<typeof api.queue> {
  const { queue, showQueue, files, engine } = services;
  const show = async () => showQueue(await queue.state());
  return {
    read: show,
    add: async ({ body }) => {
      const { path, ...run } = body;
      const graphPath = await files.resolve(path);
      const { name } = await assertRuns(body, services);
      return { id: await queue.add({ ...run, graphPath, name, engine }) };
    },
    pause: async ({ body }) => {
      await queue.pause(body.isPaused);
      return show();
    },
    move: async ({ params, body }) => {
      if (!(await queue.move(params.id, body.place))) throw notQueued(params.id);
      return show();
    },
    cancel: async ({ params }) => {
      if (!(await queue.remove(params.id))) throw notQueued(params.id);
      return show();
    },
  };
}

function notQueued(id: string): HttpError {
  const message = 'expected the id of a run that waits or runs; this one has ended or never was';
  return new HttpError(404, { code: 'missing', problem: { path: id, message } });
}
