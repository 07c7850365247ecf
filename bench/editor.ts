/**
 * The editor under load, in Chromium, against React Flow with default nodes: opening, panning and dragging 1,000 nodes and
 * 1,200 wires, what the page loads first, and whether editing leaks. `npm run bench -- editor PART...` measures only some
 * parts and writes nothing. `MINUTES=10` edits that long instead of a few rounds.
 */
import { printDocument } from '@radiograph/graph';
import type { Page } from 'playwright-core';
import { buildEditor } from '../apps/runner/src/server/build-editor.ts';
import { openEditor } from '../test/browser/support/open-editor.ts';
import {
  dragFrames,
  emptyPoint,
  type Layout,
  nodeInView,
  openMs,
  watchOpening,
  zoomTo,
} from './editor/gestures.ts';
import { largeGraph } from './editor/graph.ts';
import { compareHeap, heapNote } from './editor/heap.ts';
import { initialJsKb } from './editor/initial-js.ts';
import { printProfile, traceGesture } from './editor/trace.ts';
import { type Bench, compare, type Row, rowOf } from './measure.ts';
import { servePeer } from './peers/react-flow.ts';

const runs = 3;
const openingRuns = 7;
const graph = largeGraph(1000, 1200);
const smallGraph = largeGraph(500, 600);

type Stage = {
  readonly ours: Page;
  readonly peer: Page;
  readonly addresses: { readonly ours: string; readonly peer: string };
  readonly folders: { readonly ours: string; readonly peer: string };
};
type Part = (
  stage: Stage,
) => Promise<{ readonly rows: readonly Row[]; readonly profiles?: readonly string[] }>;

const parts: Readonly<Record<string, Part>> = {
  async opening({ ours, peer, addresses }) {
    const open = {
      ours: () => openMs(ours, addresses.ours),
      peer: () => openMs(peer, addresses.peer),
    };
    await open.ours(); // once unmeasured: browser and server are warm, for both
    await open.peer();
    const work = 'open: navigation to first frame with nodes';
    return { rows: [await compare({ work, runs: openingRuns, ...open })] };
  },
  async whole(stage) {
    await openBoth(stage);
    return compareGestures(stage, 'whole graph in view');
  },
  middle: (stage) => compareAt(stage, 0.5, 'half size'),
  close: (stage) => compareAt(stage, 1, 'full size'),
  async heap({ ours, peer, addresses }) {
    await openMs(peer, addresses.peer);
    await ours.evaluate('sessionStorage.setItem("radiograph.path", "small.graph.json")');
    await openMs(ours, addresses.ours);
    return { rows: await compareHeap({ ours, peer }, layoutOf(smallGraph)) };
  },
  async size({ folders }) {
    const [ours, peer] = [initialJsKb(folders.ours), initialJsKb(folders.peer)];
    return { rows: [rowOf({ work: 'initial JavaScript', ours, peer, unit: 'kB gzip', runs: 1 })] };
  },
};

export const bench: Bench = {
  title: 'The editor with 1,000 typed nodes and 1,200 wires in Chromium, software rendering',
  async run() {
    const asked = process.argv.slice(3);
    const unknown = asked.find((name) => !(name in parts));
    if (unknown !== undefined)
      throw new Error(`expected a part of ${Object.keys(parts).join(', ')}, got ${unknown}`);
    const found = await onStage(async (stage) => {
      const results = [];
      for (const [name, part] of Object.entries(parts))
        if (asked.length === 0 || asked.includes(name)) results.push(await part(stage));
      return results;
    });
    const profiles = found.flatMap(({ profiles: some = [] }) => some);
    return {
      rows: found.flatMap(({ rows }) => rows),
      peer: 'React Flow 12 with default nodes, as its quick start shows it',
      isPartial: asked.length > 0,
      ...(profiles.length === 0 ? {} : { notes: `${printNotes(profiles)} ${heapNote}` }),
    };
  },
};

const printNotes = (profiles: readonly string[]) =>
  `Where the editor’s time goes, from a Chromium trace of each gesture, in ms a frame; raster and compositing run beside the page’s own thread. ${profiles.join('. ')}. A frame is 16.7 ms at 60 Hz.`;

/** Serves the editor and the peer, opens a page of each, and closes all in the end. */
async function onStage<T>(act: (stage: Stage) => Promise<T>): Promise<T> {
  const peer = await servePeer(graph);
  const editor = await openEditor({
    firstGraph: 'large.graph.json',
    graphs: {
      'large.graph.json': printDocument(graph),
      'small.graph.json': printDocument(smallGraph),
    },
  });
  try {
    await editor.context.addInitScript(watchOpening);
    return await act({
      ours: editor.page,
      peer: await editor.context.newPage(),
      addresses: { ours: editor.address(), peer: peer.address },
      folders: { ours: await buildEditor(() => undefined), peer: peer.folder },
    });
  } finally {
    await editor.close();
    peer.close();
  }
}

async function openBoth({ ours, peer, addresses }: Stage): Promise<void> {
  await openMs(ours, addresses.ours);
  await openMs(peer, addresses.peer);
}

async function compareAt(stage: Stage, zoom: number, view: string) {
  await openBoth(stage);
  for (const page of [stage.ours, stage.peer]) {
    await page.bringToFront();
    await zoomTo(page, [660, 400], zoom);
  }
  return compareGestures(stage, view);
}

const layoutOf = ({ layout = {} }: typeof graph): Layout => Object.values(layout);

async function compareGestures({ ours, peer }: Stage, view: string) {
  const layout = layoutOf(graph);
  const gestures = {
    pan: async (page: Page) => {
      await page.bringToFront();
      return dragFrames(page, await emptyPoint(page, layout), [160, 90]);
    },
    'drag a node': async (page: Page) => {
      await page.bringToFront();
      return dragFrames(page, await nodeInView(page, layout), [160, 90]);
    },
  };
  const rows: Row[] = [];
  const profiles: string[] = [];
  const browser = ours.context().browser()!; // openEditor launched it
  for (const [name, gesture] of Object.entries(gestures)) {
    const work = `${name}, ${view}: P95 frame`;
    const p95Of = async (page: Page) => percentile(await gesture(page), 0.95);
    rows.push(await compare({ work, runs, ours: () => p95Of(ours), peer: () => p95Of(peer) }));
    const profile = printProfile(await traceGesture(browser, ours, () => gesture(ours)));
    profiles.push(`${name}, ${view}: ${profile}`);
  }
  return { rows, profiles };
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1]!;
}
