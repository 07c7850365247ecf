/**
 * The editor under load, in Chromium, against React Flow with default nodes: opening, panning and dragging 1,000 nodes and
 * 1,200 wires, what the page loads first, and whether editing leaks. `MINUTES=10` edits that long instead of a few rounds.
 */
import { printDocument } from '@radiograph/graph';
import type { Page } from 'playwright-core';
import { buildEditor } from '../apps/runner/src/server/build-editor.ts';
import { openEditor } from '../test/browser/support/open-editor.ts';
import {
  dragFrames,
  emptyPoint,
  heapBytes,
  type Layout,
  nodeInView,
  openMs,
  watchOpening,
  zoomTo,
} from './editor/gestures.ts';
import { largeGraph } from './editor/graph.ts';
import { initialJsKb } from './editor/initial-js.ts';
import { printProfile, traceGesture } from './editor/trace.ts';
import { type Bench, compare, type Row } from './measure.ts';
import { servePeer } from './peers/react-flow.ts';

const runs = 3;
const closeZoom = 0.6;

export const bench: Bench = {
  title: 'The editor with 1,000 typed nodes and 1,200 wires in Chromium, software rendering',
  async run() {
    const graph = largeGraph(1000, 1200);
    const small = printDocument(largeGraph(500, 600));
    const peer = await servePeer(graph);
    const editor = await openEditor({
      firstGraph: 'large.graph.json',
      graphs: { 'large.graph.json': printDocument(graph), 'small.graph.json': small },
    });
    try {
      await editor.context.addInitScript(watchOpening);
      const pages = { ours: editor.page, peer: await editor.context.newPage() };
      const addresses = { ours: editor.address(), peer: peer.address };
      const layout = Object.values(graph.layout ?? {});
      const opening = await compareOpening(pages, addresses);
      const whole = await compareGestures(pages, layout, 'whole graph in view');
      for (const page of [pages.ours, pages.peer]) await zoomTo(page, [660, 400], closeZoom);
      const close = await compareGestures(pages, layout, 'close up');
      const rows = [
        opening,
        ...whole.rows,
        ...close.rows,
        await compareHeap(pages),
        sizeRow(await buildEditor(() => undefined), peer.folder),
      ];
      return {
        rows,
        peer: 'React Flow 12 with default nodes, as its quick start shows it',
        notes: `Where the editor’s time goes, from a Chromium trace of each gesture. ${[...whole.profiles, ...close.profiles].join('. ')}. A frame is 16.7 ms at 60 Hz.`,
      };
    } finally {
      await editor.close();
      peer.close();
    }
  },
};

type Pages = { readonly ours: Page; readonly peer: Page };
type Addresses = { readonly ours: string; readonly peer: string };

function compareOpening(pages: Pages, addresses: Addresses): Promise<Row> {
  return compare({
    work: 'open: navigation to first frame with nodes',
    runs,
    ours: () => openMs(pages.ours, addresses.ours),
    peer: () => openMs(pages.peer, addresses.peer),
  });
}

async function compareGestures(pages: Pages, layout: Layout, view: string) {
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
  const browser = pages.ours.context().browser()!; // openEditor launched it
  for (const [name, gesture] of Object.entries(gestures)) {
    const work = `${name}, ${view}: P95 frame`;
    const [ours, peer] = [() => gesture(pages.ours), () => gesture(pages.peer)];
    rows.push(await compare({ work, runs, ours, peer }));
    const profile = printProfile(await traceGesture(browser, pages.ours, ours));
    profiles.push(`${name}, ${view}: ${profile}`);
  }
  return { rows, profiles };
}

/** Heap after editing over heap before, in percent of growth; the peer only drags. */
async function compareHeap({ ours, peer }: Pages): Promise<Row> {
  const layout = Object.values(largeGraph(500, 600).layout ?? {});
  await ours.evaluate('sessionStorage.setItem("radiograph.path", "small.graph.json")');
  await ours.reload();
  await ours.waitForSelector('[data-painted]', { state: 'attached' });
  const growth = async (page: Page, edit: (page: Page, layout: Layout) => Promise<void>) => {
    await page.bringToFront();
    for (let round = 0; round < 2; round++) await edit(page, layout);
    const before = await heapBytes(page);
    const untilMs = performance.now() + Number(process.env.MINUTES ?? 0) * 60_000;
    for (let round = 0; round < 6 || performance.now() < untilMs; round++) await edit(page, layout);
    return (await heapBytes(page)) / before;
  };
  const [a, b] = [await growth(ours, editOnce), await growth(peer, dragOnce)];
  const round = (value: number) => Number(value.toPrecision(4));
  return {
    work: `heap after ${process.env.MINUTES ? `${process.env.MINUTES} minutes` : '6 rounds'} of editing 500 nodes / before`,
    ours: round(a),
    peer: round(b),
    unit: 'x',
    ratio: round(a / b),
    runs: 1,
  };
}

/** Select, move, duplicate, type, delete, disable, and take it all back. */
async function editOnce(page: Page, layout: Layout): Promise<void> {
  const { keyboard } = page;
  await page.mouse.click(...(await nodeInView(page, layout)));
  for (const key of ['ArrowRight', 'ArrowDown', 'd', 'd', 'Control+d', 'ArrowLeft'])
    await keyboard.press(key);
  await keyboard.press('i');
  await keyboard.type('label');
  await keyboard.press('Escape');
  for (const key of ['Delete', 'Control+a', 'ArrowRight', 'Escape']) await keyboard.press(key);
  for (let step = 0; step < 12; step++) await keyboard.press('Control+z');
}

async function dragOnce(page: Page, layout: Layout): Promise<void> {
  const [x, y] = await nodeInView(page, layout);
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 0; step < 25; step++) await page.mouse.move(x + step, y + step);
  await page.mouse.move(x, y);
  await page.mouse.up();
}

function sizeRow(ours: string, peer: string): Row {
  const [a, b] = [initialJsKb(ours), initialJsKb(peer)];
  const round = (value: number) => Number(value.toPrecision(4));
  return {
    work: 'initial JavaScript',
    ours: round(a),
    peer: round(b),
    unit: 'kB gzip',
    ratio: round(a / b),
    runs: 1,
  };
}
