/** What the routes work with; made once when the server starts. */
import type { QueueState as ShownQueue } from '@radiograph/api';
import type { NodeDescription, Registry } from '@radiograph/graph';
import type { NodePackage, Queue, QueueState, Store } from '@radiograph/runtime';
import type { EngineName } from '@radiograph/tensor';
import type { Activity } from './activity.ts';
import type { LoadArtifact } from './previews/artifact-cache.ts';
import type { GraphFiles } from './workspace/graph-files.ts';

export type Services = {
  readonly version: string;
  readonly workspace: string;
  readonly home: string;
  /** Who computes. */
  readonly engine: EngineName;
  /** The graph to open first, relative to the workspace. */
  readonly firstGraph: string | null;
  readonly packages: readonly NodePackage[];
  readonly registry: Registry;
  readonly descriptions: readonly NodeDescription[];
  readonly files: GraphFiles;
  readonly store: Store;
  readonly loadArtifact: LoadArtifact;
  readonly queue: Queue;
  readonly showQueue: (queue: QueueState) => ShownQueue;
  readonly activity: Activity;
};
