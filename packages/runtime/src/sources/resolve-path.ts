import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { dataError } from '@radiograph/graph';

const prefix = '$RADIOGRAPH_DATA/';

type DataFolders = {
  /** The graph's. */
  readonly own?: string | undefined;
  readonly environment?: NodeJS.ProcessEnv;
  /** Where a user says it, for the message. */
  readonly setBy?: string | undefined;
};

/**
 * Makes a path of a graph document absolute: relative to the graph file, or below the data folder if it begins with
 * `$RADIOGRAPH_DATA/`. The data folder is the graph's own (`data`, relative to the graph file), else the environment variable RADIOGRAPH_DATA, else the nearest `shared/data` beside the
 * graph file or beside one of the folders above it. Keys keep the path as written, so moving the data re-runs nothing.
 */
export function resolveDataPath(
  path: string,
  graphPath: string,
  { own, environment = process.env, setBy = '--set data=FOLDER' }: DataFolders = {},
): string {
  const folder = dirname(resolve(graphPath));
  if (!path.startsWith(prefix)) return resolve(folder, path);
  const data =
    own === undefined ? (environment.RADIOGRAPH_DATA ?? findShared(folder)) : resolve(folder, own);
  if (data === undefined) {
    throw dataError(
      path,
      `expected a data folder of the graph (${setBy}), the environment variable RADIOGRAPH_DATA, or a folder shared/data beside ${folder} or above it, got none`,
    );
  }
  return resolve(data, path.slice(prefix.length));
}

function findShared(folder: string): string | undefined {
  const candidate = join(folder, 'shared', 'data');
  if (existsSync(candidate)) return candidate;
  return dirname(folder) === folder ? undefined : findShared(dirname(folder));
}
