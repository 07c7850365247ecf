import { RadiographError } from '@radiograph/graph';
import { EngineError, MemoryError } from '@radiograph/tensor';
import type { ErrorReport } from './events.ts';

/** An error as data. Messages of the user's mistakes begin with the node; our bugs carry their stack. */
export function reportError(error: unknown, nodeId?: string): ErrorReport {
  const place = nodeId === undefined ? '' : `${nodeId}: `;
  if (error instanceof RadiographError) {
    const message = error.message
      .split('\n')
      .map((line) => `${place}${line}`)
      .join('\n');
    return { code: error.code, message };
  }
  if (error instanceof EngineError) return { code: 'usage', message: `${place}${error.message}` };
  if (error instanceof MemoryError) return { code: 'data', message: `${place}${error.message}` };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'internal', message: `${place}${stack}` };
}
