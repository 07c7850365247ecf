/** The trackers there are: a file and a row each. Off unless asked for; nothing of ours reads them. */
import { RadiographError } from '@radiograph/graph';
import { openCsv, openJsonLines } from './lines.ts';
import { openMlflowFolder } from './mlflow-folder.ts';
import { openMlflowServer } from './mlflow-server.ts';
import { openParquet } from './parquet.ts';
import { openTensorBoard } from './tensorboard.ts';
import type { RunTracker, Tracker } from './tracker.ts';

const openers: Readonly<Record<string, (place: string) => Tracker>> = {
  tensorboard: openTensorBoard,
  mlflow: (place) => (/^https?:/.test(place) ? openMlflowServer(place) : openMlflowFolder(place)),
  csv: openCsv,
  jsonl: openJsonLines,
  parquet: openParquet,
};

/** What `--track` takes, for people. */
export const trackerKinds: readonly string[] = Object.keys(openers);

/** Opens `tensorboard:FOLDER`, `mlflow:FOLDER`, `mlflow:http://HOST:PORT`, `csv:FILE`, `jsonl:FILE` or `parquet:FILE`. @throws a usage error for another kind. */
export function openTracker(text: string): Tracker {
  const split = text.indexOf(':');
  const [kind, place] = [text.slice(0, split), text.slice(split + 1)];
  if (Object.hasOwn(openers, kind) && place !== '') return keepGoing(openers[kind]!(place), text);
  throw new RadiographError('usage', {
    path: `--track ${text}`,
    message: `expected ${trackerKinds.join(', ')} with a path, as tensorboard:logs`,
  });
}

/** A tracker that fails (a full disk, a folder that may not be written) is asked nothing more; `finish` tells. A run is never lost by it. */
function keepGoing(tracker: Tracker, text: string): Tracker {
  let failure: RadiographError | undefined;
  const attempt = <T>(action: () => T): T | undefined => {
    if (failure !== undefined) return undefined;
    try {
      return action();
    } catch (error) {
      failure = explain(error, text);
      return undefined;
    }
  };
  const guard = ({ write, attach, close }: RunTracker): RunTracker => ({
    write: (metric) => attempt(() => write(metric)),
    attach: (artifact) => attempt(() => attach(artifact)),
    close: (status) => attempt(() => close(status)),
  });
  const nothing: RunTracker = { write: () => {}, attach: () => {}, close: () => {} };
  return {
    open: (run) => attempt(() => guard(tracker.open(run))) ?? nothing,
    async finish() {
      if (failure !== undefined) throw failure;
      await tracker.finish().catch((error: unknown) => {
        throw explain(error, text);
      });
    },
  };
}

function explain(error: unknown, text: string): RadiographError {
  if (error instanceof RadiographError) return error;
  const message = `expected a place that can be written, got: ${error instanceof Error ? error.message : String(error)}`;
  return new RadiographError('data', { path: `--track ${text}`, message }, { cause: error });
}
