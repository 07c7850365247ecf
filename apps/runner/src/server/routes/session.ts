import type { api } from '@radiograph/api';
import { describeKinds } from '@radiograph/graph';
import { openEngine } from '@radiograph/tensor';
import type { Handlers } from '../serve-route.ts';
import type { Services } from '../services.ts';

/** The session, the installed node types, and the stream of what happens. */
export function sessionHandlers(services: Services): Handlers<typeof api.session> {
  const { version, workspace, engine, firstGraph, descriptions, activity } = services;
  return {
    read: async () => ({ version, workspace, numerics: openEngine(engine).numerics, firstGraph }),
    nodeTypes: async () => ({ nodeTypes: descriptions, portKinds: describeKinds() }),
    activity: async (_, { request, response }) => activity.serve(request, response),
  };
}
