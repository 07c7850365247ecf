/** What trackers are given: runs, each with what it was made of, its numbers and its pictures. */
import type { EndStatus } from '@radiograph/runtime';

/** A run as it begins. */
export type TrackedRun = {
  /** The cell, or the graph. */
  readonly name: string;
  /** Values of axes and of node parameters (`node.param`), defaults included, and the seed. */
  readonly params: Readonly<Record<string, string>>;
  /** What it was made of: graph, its digest, engine, git commit, sweep. */
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly startMs: number;
};

/** A number of a run: `segmenter/loss` at a batch, `miou/mIoU` at 0. */
export type Metric = {
  readonly tag: string;
  readonly step: number;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
};

/** A file of a run, its name with its extension. `image` is the size of a PNG. */
export type Artifact = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly image?: { readonly width: number; readonly height: number };
};

/** One run of a tracker, from its beginning to its end. */
export type RunTracker = {
  readonly write: (metric: Metric) => void;
  /** Keeps a file beside the numbers, where the tracker has a place for it. */
  readonly attach: (artifact: Artifact) => void;
  readonly close: (status: EndStatus) => void;
};

/** Another program's records. A tracker makes runs that are its own and changes nothing that it did not write. */
export type Tracker = {
  readonly open: (run: TrackedRun) => RunTracker;
  /** Writes or sends what is left. @throws a usage error if a server refused something. */
  readonly finish: () => Promise<void>;
};
