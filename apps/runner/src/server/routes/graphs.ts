import type { api, PlanStep } from '@radiograph/api';
import {
  checkGraph,
  parseDocument,
  planGraph,
  RadiographError,
  type Step,
  validateSound,
} from '@radiograph/graph';
import { openServices } from '@radiograph/runtime';
import type { Handlers } from '../serve-route.ts';
import type { Services } from '../services.ts';

/** Graph files: listed, read, saved with a revision, checked and planned. */
export function graphHandlers(services: Services): Handlers<typeof api.graphs> {
  const { files, activity, registry } = services;
  return {
    list: async () => ({ graphs: await files.list() }),
    read: ({ query }) => files.read(query.path),
    write: async ({ query, body }) => {
      const file = await files.write({ ...query, ...body });
      activity.publish({ type: 'graph-saved', path: file.path, revision: file.revision });
      return file;
    },
    check: async ({ body }) => ({ problems: findProblems(body.text, registry) }),
    plan: async ({ body }) => ({ steps: (await plan(body, services)).map(describeStep) }),
  };
}

function findProblems(text: string, registry: Services['registry']) {
  try {
    return checkGraph(parseDocument(text), registry);
  } catch (error) {
    if (error instanceof RadiographError) return error.problems;
    throw error;
  }
}

type Asked = {
  readonly text: string;
  readonly path: string;
  readonly only: readonly string[] | null;
};

async function plan({ text, path, only }: Asked, from: Services): Promise<readonly Step[]> {
  const { registry, files, home, packages, engine } = from;
  const graph = validateSound(parseDocument(text), registry);
  const { data } = graph.document;
  const place = { home, graphPath: await files.resolve(path), data, packages, engine };
  const { services, save } = await openServices(place);
  const part = only === null ? {} : { only };
  const { steps } = await planGraph(graph, services, { ...part, missing: 'skip' });
  await save();
  return steps;
}

/** A reused step has results to look at before anything runs. */
function describeStep(step: Step): PlanStep {
  const { nodeId, type, reason } = step;
  return {
    nodeId,
    type,
    reason,
    changes: type === 'run' ? [...step.changes] : [],
    outputs: type === 'reuse' ? step.record.outputs : {},
    seconds: type === 'reuse' ? step.record.seconds : null,
  };
}
