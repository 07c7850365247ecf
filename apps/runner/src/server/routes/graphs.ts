import type { api, PlanStep } from '@radiograph/api';
import type { Step } from '@radiograph/graph';
import { inspectGraph } from '../inspect-graph.ts';
import type { Handlers } from '../serve-route.ts';
import type { Services } from '../services.ts';

/** Graph files: listed, read, saved with a revision, checked and planned. */
export function graphHandlers(services: Services): Handlers<typeof api.graphs> {
  const { files, activity } = services;
  return {
    list: async () => ({ graphs: await files.list() }),
    read: ({ query }) => files.read(query.path),
    write: async ({ query, body }) => {
      const file = await files.write({ ...query, ...body });
      activity.publish({ type: 'graph-saved', path: file.path, revision: file.revision });
      return file;
    },
    check: async ({ body }) => ({ problems: (await inspectGraph(body, services)).problems }),
    plan: async ({ body }) => {
      const { problems, steps } = await inspectGraph(body, services);
      return { problems, steps: steps.map(describeStep) };
    },
  };
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
