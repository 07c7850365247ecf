/** What trackers are given. */

/** A number of a training: `segmenter/loss` at a batch. */
export type Scalar = {
  /** The cell, or the part that cells share. */
  readonly run: string;
  readonly tag: string;
  readonly step: number;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
};

/** Where numbers go. `close` is told how each run ended. */
export type Tracker = {
  readonly write: (scalar: Scalar) => void;
  readonly close: (run: string, status: 'done' | 'failed' | 'canceled') => void;
  /** Ends the tracking: writes or sends what is left. @throws a usage error if a server refused something. */
  readonly finish?: () => Promise<void>;
};

/** `supervision=weak seed=17` names the values of a cell. */
export function listParams(run: string): [string, string][] {
  return [...run.matchAll(/(\S+)=(\S+)/g)].map((match) => [match[1]!, match[2]!]);
}

/** A run's name as the name of a folder. */
export const folderName = (run: string): string => run.replaceAll(/[^A-Za-z0-9=._-]+/g, '_');
