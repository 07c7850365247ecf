import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { dataError } from '@radiograph/graph';

const prefix = '$RADIOGRAPH_DATA/';

/**
 * Makes a path of a graph document absolute: relative to the graph file, or below the data folder if it begins with
 * `$RADIOGRAPH_DATA/`. The data folder is the environment variable RADIOGRAPH_DATA, else the nearest `shared/data` beside the
 * graph file or beside one of the folders above it. Keys keep the path as written, so moving the data re-runs nothing.
 */
export function resolveDataPath(
  path: string,
  graphPath: string,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const folder = dirname(resolve(graphPath));
  if (!path.startsWith(prefix)) return resolve(folder, path);
  const data = environment.RADIOGRAPH_DATA ?? findShared(folder);
  if (data === undefined) {
    throw dataError(
      path,
      `expected the environment variable RADIOGRAPH_DATA, or a folder shared/data beside ${folder} or above it, got neither`,
    );
  }
  return resolve(data, path.slice(prefix.length));
}

function findShared(folder: string): string | undefined {
  const candidate = join(folder, 'shared', 'data');
  if (existsSync(candidate)) return candidate;
  return dirname(folder) === folder ? undefined : findShared(dirname(folder));
}
