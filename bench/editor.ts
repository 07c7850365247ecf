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
  nodeInView,
  openMs,
  watchOpening,
  zoomTo,
} from './editor/gestures.ts';
import { largeGraph } from './editor/graph.ts';
import { initialJsKb } from './editor/initial-js.ts';
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
      const rows = [
        await compareOpening(pages, addresses),
        ...(await compareGestures(pages, 'whole graph in view', undefined)),
        ...(await compareGestures(pages, 'close up', closeZoom)),
        await compareHeap(pages),
        sizeRow(await buildEditor(() => undefined), peer.folder),
      ];
      return { rows, peer: 'React Flow 12 with default nodes, as its quick start shows it' };
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

async function compareGestures(
  pages: Pages,
  view: string,
  zoom: number | undefined,
): Promise<Row[]> {
  const both = [pages.ours, pages.peer];
  if (zoom !== undefined) for (const page of both) await zoomTo(page, [660, 400], zoom);
  const pan = async (page: Page) => {
    await page.bringToFront();
    return dragFrames(page, await emptyPoint(page), [160, 90]);
  };
  const drag = async (page: Page) => {
    await page.bringToFront();
    return dragFrames(page, await nodeInView(page), [160, 90]);
  };
  const row = (work: string, gesture: (page: Page) => Promise<number>) =>
    compare({
      work: `${work}, ${view}: P95 frame`,
      runs,
      ours: () => gesture(pages.ours),
      peer: () => gesture(pages.peer),
    });
  return [await row('pan', pan), await row('drag a node', drag)];
}

/** Heap after editing over heap before, in percent of growth; the peer only drags. */
async function compareHeap({ ours, peer }: Pages): Promise<Row> {
  await ours.evaluate('sessionStorage.setItem("radiograph.path", "small.graph.json")');
  await ours.reload();
  await ours.waitForSelector('.react-flow__node');
  const growth = async (page: Page, edit: (page: Page) => Promise<void>) => {
    await page.bringToFront();
    for (let round = 0; round < 2; round++) await edit(page);
    const before = await heapBytes(page);
    const untilMs = performance.now() + Number(process.env.MINUTES ?? 0) * 60_000;
    for (let round = 0; round < 6 || performance.now() < untilMs; round++) await edit(page);
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
async function editOnce(page: Page): Promise<void> {
  const { keyboard } = page;
  await page.mouse.click(...(await nodeInView(page)));
  for (const key of ['ArrowRight', 'ArrowDown', 'd', 'd', 'Control+d', 'ArrowLeft'])
    await keyboard.press(key);
  await keyboard.press('i');
  await keyboard.type('label');
  await keyboard.press('Escape');
  for (const key of ['Delete', 'Control+a', 'ArrowRight', 'Escape']) await keyboard.press(key);
  for (let step = 0; step < 12; step++) await keyboard.press('Control+z');
}

async function dragOnce(page: Page): Promise<void> {
  const [x, y] = await nodeInView(page);
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
