/** Timing two programs against each other, and what a bench gives back. */

/** One row of a bench. `ratio` is our cost over the peer's: below 1 is better. */
export type Row = {
  readonly work: string;
  readonly ours: number;
  readonly peer: number;
  readonly unit: string;
  readonly ratio: number;
  readonly runs: number;
};

/** A bench: measures and returns its rows. Throws when it cannot measure. */
export type Bench = {
  readonly title: string;
  readonly run: () => Promise<{
    readonly rows: readonly Row[];
    readonly peer: string;
    /** Sentences under the table. */
    readonly notes?: string;
    /** Only some rows were asked for: they are printed, and nothing is written. */
    readonly isPartial?: boolean;
  }>;
};

type Contest = {
  readonly work: string;
  readonly runs: number;
  readonly ours: () => Promise<number>;
  readonly peer: () => Promise<number>;
};

/** Runs both in turn (A B A B ...), so that a busy moment hits both; medians of milliseconds. */
export async function compare({ work, runs, ours, peer }: Contest): Promise<Row> {
  const times = { ours: [] as number[], peer: [] as number[] };
  for (let run = 0; run < runs; run++) {
    times.ours.push(await ours());
    times.peer.push(await peer());
  }
  return rowOf({
    work,
    ours: median(times.ours),
    peer: median(times.peer),
    unit: 'ms',
    runs,
  });
}

/** A row of measured numbers, rounded. */
export function rowOf({ work, ours, peer, unit, runs }: Omit<Row, 'ratio'>): Row {
  return { work, ours: round(ours), peer: round(peer), unit, ratio: round(ours / peer), runs };
}

/** Milliseconds that an action takes. */
export async function timeMs(action: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await action();
  return performance.now() - startedMs;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

export const round = (value: number): number => Number(value.toPrecision(4));
