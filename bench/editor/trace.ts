/** Where the browser's time goes during a gesture, from a Chromium trace. */
import type { Browser, Page } from 'playwright-core';

type TraceEvent = {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  /** Microseconds of `dur` in which the thread ran; a few kinds of events do not tell. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
};

export type Profile = Readonly<Record<Kind, number>>;
type Kind = keyof typeof kinds;

/** What an event of the page's main thread counts as; names are Chromium's. First match wins. */
const kinds = {
  script:
    /^(FunctionCall|EvaluateScript|EventDispatch|FireAnimationFrame|TimerFire|RunMicrotasks|MinorGC|MajorGC|[vV]8|BlinkGC|CppGC)/,
  'style and layout': /[sS]tyle|[lL]ayout|IntersectionObserver|HitTest/,
  paint: /[pP]aint|Layerize|Layer|Commit|CompositingInputs/,
  raster: /^$/, // of the raster threads
  composite: /^$/, // of the compositor's and the display's thread
};
const categories = ['devtools.timeline', 'toplevel', 'blink', 'cc', 'viz', 'v8'];

/** Milliseconds of each kind of work per frame of `gesture`, which returns its frames. */
export async function traceGesture(
  browser: Browser,
  page: Page,
  gesture: () => Promise<readonly number[]>,
): Promise<Profile> {
  await browser.startTracing(page, { categories });
  const frames = await gesture();
  const trace = JSON.parse((await browser.stopTracing()).toString('utf8')) as {
    traceEvents: TraceEvent[];
  };
  const sums = Object.entries(summarize(trace.traceEvents));
  return Object.fromEntries(sums.map(([kind, ms]) => [kind, ms / frames.length])) as Profile;
}

function summarize(events: readonly TraceEvent[]): Profile {
  const sums = { script: 0, 'style and layout': 0, paint: 0, raster: 0, composite: 0 };
  const threads = byThread(events);
  for (const { ph, name, pid, tid, args } of events) {
    if (ph !== 'M' || name !== 'thread_name') continue;
    for (const [event, ms] of selfTimes(threads.get(`${pid} ${tid}`) ?? [])) {
      const kind = kindOf(args?.name ?? '', event);
      if (kind !== undefined) sums[kind] += ms;
    }
  }
  return sums;
}

function byThread(events: readonly TraceEvent[]): ReadonlyMap<string, TraceEvent[]> {
  const threads = new Map<string, TraceEvent[]>();
  for (const event of events) {
    if (event.ph !== 'X') continue;
    const thread = `${event.pid} ${event.tid}`;
    const known = threads.get(thread);
    if (known === undefined) threads.set(thread, [event]);
    else known.push(event);
  }
  return threads;
}

function kindOf(thread: string, event: string): Kind | undefined {
  if (thread === 'Compositor' || thread === 'VizCompositorThread') return 'composite';
  if (thread.startsWith('ThreadPool')) return /[rR]aster/.test(event) ? 'raster' : undefined;
  if (thread !== 'CrRendererMain') return undefined;
  return (Object.keys(kinds) as Kind[]).find((kind) => kinds[kind].test(event));
}

/** Milliseconds in which a thread ran each event, without the events inside it: other programs on the machine do not count. */
function selfTimes(events: readonly TraceEvent[]): [string, number][] {
  const times: [string, number][] = [];
  const open: { readonly endUs: number; readonly index: number }[] = [];
  for (const { name, ts, dur = 0, tdur = dur } of events.toSorted(
    (a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0),
  )) {
    while (open.length > 0 && open.at(-1)!.endUs <= ts) open.pop();
    const parent = open.at(-1);
    if (parent !== undefined) times[parent.index]![1] -= tdur / 1000;
    open.push({ endUs: ts + dur, index: times.length });
    times.push([name, tdur / 1000]);
  }
  return times;
}

/** One line: the milliseconds of each kind of work, largest first. */
export function printProfile(profile: Profile): string {
  return Object.entries(profile)
    .toSorted(([, a], [, b]) => b - a)
    .map(([kind, ms]) => `${kind} ${ms.toFixed(1)}`)
    .join(', ');
}
