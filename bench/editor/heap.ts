/** Whether editing leaks: what the page holds after a while of edits, over what it held before. */
import type { CDPSession, Page } from 'playwright-core';
import { type Row, rowOf } from '../measure.ts';
import { type Layout, nodeInView } from './gestures.ts';

const { MINUTES } = process.env;
const warmRounds = 100; // code that is compiled on the way is no leak
const rounds = 6;
/**
 * The editor's history ends here: before the first measurement it is full of the very edits that the rounds leave in it (a moment
 * in which a node moved holds more than one in which it was disabled), so that only a leak can grow.
 */
const historyLength = 500;
/** Disabled, enabled, moved there and back: three moments, for arrow keys in a row are one. */
const lastingKeys = ['d', 'd', 'ArrowRight', 'ArrowLeft'];
const lastingMoments = 3;

/** How it was measured, for the table. */
export const heapNote = `Heap: before the first measurement the history is full of the edits that the rounds leave in it, and ${warmRounds} rounds have been edited; V8 compiles code meanwhile and drops it again, which the row without compiled code leaves out.`;

/** Rows of heap, elements and listeners: ours edits its graph, the peer drags nodes, for a few rounds only. */
export async function compareHeap(
  { ours, peer }: { readonly ours: Page; readonly peer: Page },
  layout: Layout,
): Promise<readonly Row[]> {
  const spent = MINUTES === undefined ? `${rounds} rounds` : `${MINUTES} minutes`;
  const untilMs = Number(MINUTES ?? 0) * 60_000;
  await ours.bringToFront();
  await fillHistory(ours, layout);
  const grown = await growth(ours, () => editOnce(ours, layout), untilMs);
  await peer.bringToFront();
  const peerGrown = await growth(peer, () => dragOnce(peer, layout), 0);
  return (Object.keys(names) as (keyof Held)[]).map((key) =>
    rowOf({
      work: `${names[key]} after ${spent} of editing 500 nodes / before`,
      ours: grown[key],
      peer: peerGrown[key],
      unit: 'x',
      runs: 1,
    }),
  );
}

/** What a page holds after a collection; nodes of the document that nothing shows any more count as well. */
type Held = {
  readonly heap: number;
  /** Of it what the page's scripts made, and the browser for them: without the code that V8 compiles, and drops, as it likes. */
  readonly data: number;
  readonly elements: number;
  readonly listeners: number;
};

const names: Readonly<Record<keyof Held, string>> = {
  heap: 'heap',
  data: 'heap without compiled code',
  elements: 'DOM nodes',
  listeners: 'event listeners',
};

/** How many times as much the page holds after rounds of edits, and at least `spanMs` of them. */
async function growth(page: Page, edit: () => Promise<void>, spanMs: number): Promise<Held> {
  for (let round = 0; round < warmRounds; round++) await edit();
  const before = await heldBy(page);
  const untilMs = performance.now() + spanMs;
  let nextMs = performance.now() + minuteMs;
  for (let round = 0; round < rounds || performance.now() < untilMs; round++) {
    await edit();
    if (performance.now() < nextMs) continue;
    nextMs += minuteMs;
    process.stderr.write(`${printRatios(ratios(await heldBy(page), before))}\n`);
  }
  return ratios(await heldBy(page), before);
}

const minuteMs = 60_000;
const settleMs = 2500; // until edits are saved, checked and kept

async function heldBy(page: Page): Promise<Held> {
  await page.mouse.move(2, 2); // a node under the pointer is drawn, where others are painted
  await page.waitForTimeout(settleMs);
  const session = await page.context().newCDPSession(page);
  for (let time = 0; time < 3; time++) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  const data = await dataBytes(session);
  await session.detach();
  return { heap: usedSize, data, elements: nodes, listeners: jsEventListeners };
}

type Snapshot = {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[]];
    };
  };
  readonly nodes: readonly number[];
};

/** Bytes of all that a heap snapshot lists, but code. */
async function dataBytes(session: CDPSession): Promise<number> {
  const parts: string[] = [];
  const take = ({ chunk }: { readonly chunk: string }) => parts.push(chunk);
  session.on('HeapProfiler.addHeapSnapshotChunk', take);
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  session.off('HeapProfiler.addHeapSnapshotChunk', take);
  const { snapshot, nodes } = JSON.parse(parts.join('')) as Snapshot; // as V8 writes it
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const code = types[0].indexOf('code');
  const [type, size] = [fields.indexOf('type'), fields.indexOf('self_size')];
  let bytes = 0;
  for (let node = 0; node < nodes.length; node += fields.length)
    if (nodes[node + type] !== code) bytes += nodes[node + size]!;
  return bytes;
}

const ratios = (after: Held, before: Held): Held => ({
  heap: after.heap / before.heap,
  data: after.data / before.data,
  elements: after.elements / before.elements,
  listeners: after.listeners / before.listeners,
});

const printRatios = (held: Held): string =>
  (Object.keys(names) as (keyof Held)[])
    .map((key) => `${names[key]} ${held[key].toFixed(3)} x`)
    .join(', ');

/** Edits a node until the history is full. */
async function fillHistory(page: Page, layout: Layout): Promise<void> {
  await page.mouse.click(...(await nodeInView(page, layout)));
  for (let moment = 0; moment < historyLength; moment += lastingMoments)
    for (const key of lastingKeys) await page.keyboard.press(key);
}

/** Select, move, disable, duplicate, type, delete, move all, and take it all back; then edits that stay in the history. */
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
  await page.mouse.click(...(await nodeInView(page, layout)));
  for (const key of [...lastingKeys, 'Escape']) await keyboard.press(key);
}

async function dragOnce(page: Page, layout: Layout): Promise<void> {
  const [x, y] = await nodeInView(page, layout);
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 0; step < 25; step++) await page.mouse.move(x + step, y + step);
  await page.mouse.move(x, y);
  await page.mouse.up();
}
