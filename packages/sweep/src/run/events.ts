/** What happens during a sweep, as data: events.jsonl and `--json` are the same lines. */
import type { EndStatus, RunEvent } from '@radiograph/runtime';

/** One event; `time` is UTC. */
export type SweepEvent = { readonly time: string } & NewSweepEvent;

/** An event before it is written. */
export type NewSweepEvent =
  | {
      readonly type: 'sweep-started';
      readonly sweepId: string;
      readonly executor: string;
      readonly cells: readonly string[];
      readonly jobs: number;
      /** Unique steps to run and to reuse. */
      readonly run: number;
      readonly reuse: number;
    }
  | {
      readonly type: 'job-started';
      readonly job: string;
      readonly cells: readonly string[];
      readonly only: readonly string[] | null;
    }
  | { readonly type: 'job-event'; readonly job: string; readonly event: RunEvent }
  | { readonly type: 'job-log'; readonly job: string; readonly message: string }
  | {
      readonly type: 'job-finished';
      readonly job: string;
      readonly status: EndStatus;
      readonly runId: string | null;
      readonly error: string | null;
    }
  | { readonly type: 'sweep-finished'; readonly status: EndStatus; readonly seconds: number };
