/** The budget of the store: RADIOGRAPH_CACHE_SIZE, kept after each run. */
import type { Eviction } from '@radiograph/runtime';
import { parseBytes, printBytes } from './terminal/bytes.ts';

const variable = 'RADIOGRAPH_CACHE_SIZE';

/** Bytes that the store may hold; undefined where no budget is set. @throws a usage error naming the variable. */
export function readCacheBudget(setting = process.env[variable]): number | undefined {
  return setting === undefined || setting === '' ? undefined : parseBytes(variable, setting);
}

/** What a run's budget removed, or why it could not be kept; nothing where there was nothing to do. */
export function printEviction(eviction: Eviction | null): string | undefined {
  if (eviction === null) return undefined;
  if (eviction.type === 'failed')
    return `cache: not brought under ${variable}: ${eviction.error.message}`;
  const { maxBytes, collected } = eviction;
  const { steps, freedBytes, keptBytes } = collected;
  const removed =
    steps.length === 0 ? [] : [`removed ${steps.length} steps, ${printBytes(freedBytes)}`];
  const above =
    keptBytes <= maxBytes
      ? []
      : [`${printBytes(keptBytes)} stay: pinned, or wanted by runs that go on or wait`];
  const said = [...removed, ...above];
  if (said.length === 0) return undefined;
  return `cache: ${said.join('; ')} (${variable} is ${printBytes(maxBytes)})`;
}
