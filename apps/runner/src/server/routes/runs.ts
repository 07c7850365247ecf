import { parseDocument, validateGraph } from '@radiograph/graph';
import { readRunDetails, readRunEvents, summarizeRuns } from '@radiograph/runtime';
import { z } from 'zod';
import { defineRoute, HttpError, type Route } from '../route.ts';
import type { Services } from '../services.ts';
import { ShownQueue } from '../show-queue.ts';

const ById = z.strictObject({ id: z.string().min(1) });
const nothing = z.strictObject({});

/** Runs: queued, started, canceled, listed, read again. */
export function runRoutes(services: Services): readonly Route[] {
  return [...historyRoutes(services), ...queueRoutes(services)];
}

function historyRoutes({ home }: Services): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/runs',
      summary: 'All runs, newest first: finished, running, interrupted.',
      reply: z.strictObject({ runs: z.array(z.json()) }),
      handle: async () => ({ runs: await summarizeRuns(home) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/runs/:id',
      summary: 'One run: its steps with their artifacts, and the graph that it ran.',
      params: ById,
      reply: z.json(),
      handle: ({ params }) => readRunDetails(home, params.id),
    }),
    defineRoute({
      method: 'get',
      path: '/api/runs/:id/events',
      summary: 'The events of a run after number `after`.',
      params: ById,
      query: z.strictObject({ after: z.coerce.number().int().min(0).default(0) }),
      reply: z.strictObject({ events: z.array(z.json()) }),
      handle: async ({ params, query }) => {
        await readRunDetails(home, params.id); // refuses ids that are not runs, and so paths
        return { events: await readRunEvents(home, params.id, query.after) };
      },
    }),
  ];
}

function queueRoutes({ queue, showQueue, registry, files, engine }: Services): readonly Route[] {
  const show = async () => showQueue(await queue.state());
  return [
    defineRoute({
      method: 'get',
      path: '/api/queue',
      summary: 'What runs and what waits.',
      reply: ShownQueue,
      handle: show,
    }),
    defineRoute({
      method: 'post',
      path: '/api/queue',
      summary: 'Adds a run. A graph with problems is refused with all of them.',
      body: z.strictObject({
        path: z.string(),
        text: z.string(),
        only: z.array(z.string()).nullable().default(null),
        priority: z.int().default(0).describe('higher runs first'),
      }),
      reply: z.strictObject({ id: z.string() }),
      handle: async ({ body }) => {
        const { path, ...run } = body;
        const graphPath = await files.resolve(path);
        const part = body.only === null ? {} : { only: body.only };
        const { name } = validateGraph(parseDocument(body.text), registry, part).document;
        return { id: await queue.add({ ...run, graphPath, name, engine }) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/queue/pause',
      summary: 'Pauses or continues the queue; what runs goes on.',
      body: z.strictObject({ isPaused: z.boolean() }),
      reply: ShownQueue,
      handle: async ({ body }) => {
        await queue.pause(body.isPaused);
        return show();
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/queue/:id/move',
      summary: 'Moves a waiting run to a place among those that wait; 0 is next.',
      params: ById,
      body: z.strictObject({ place: z.int().min(0) }),
      reply: ShownQueue,
      handle: async ({ params, body }) => {
        if (!(await queue.move(params.id, body.place))) throw notQueued(params.id);
        return show();
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/queue/:id/cancel',
      summary:
        'Takes a waiting run out, or stops a running one at its next batch (killed after 2 s).',
      params: ById,
      body: nothing,
      reply: ShownQueue,
      handle: async ({ params }) => {
        if (!(await queue.remove(params.id))) throw notQueued(params.id);
        return show();
      },
    }),
  ];
}

function notQueued(id: string): HttpError {
  const message = 'expected the id of a run that waits or runs; this one has ended or never was';
  return new HttpError(404, { code: 'missing', problem: { path: id, message } });
}
