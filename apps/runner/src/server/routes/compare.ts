import type { api } from '@radiograph/api';
import { compareRuns } from '../compare-runs.ts';
import type { Handlers } from '../serve-route.ts';
import type { Services } from '../services.ts';

/** Two results side by side. */
export function compareHandlers(services: Services): Handlers<typeof api.compare> {
  return { runs: ({ body }) => compareRuns(body, services) };
}
