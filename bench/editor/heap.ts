/** Whether editing leaks: the heap after a while of edits over the heap before. */
import type { Page } from 'playwright-core';
import { type Row, rowOf } from '../measure.ts';
import { heapBytes, type Layout, nodeInView } from './gestures.ts';

const { MINUTES } = process.env;
const warmRounds = 2;
const rounds = 6;

/** The row of the heap: ours edits its graph, the peer drags nodes. */
export async function compareHeap(
  { ours, peer }: { readonly ours: Page; readonly peer: Page },
  layout: Layout,
): Promise<Row> {
  const spent = MINUTES === undefined ? `${rounds} rounds` : `${MINUTES} minutes`;
  return rowOf({
    work: `heap after ${spent} of editing 500 nodes / before`,
    ours: await growth(ours, layout, editOnce),
    peer: await growth(peer, layout, dragOnce),
    unit: 'x',
    runs: 1,
  });
}

type Edit = (page: Page, layout: Layout) => Promise<void>;

async function growth(page: Page, layout: Layout, edit: Edit): Promise<number> {
  await page.bringToFront();
  for (let round = 0; round < warmRounds; round++) await edit(page, layout);
  const before = await heapBytes(page);
  const untilMs = performance.now() + Number(MINUTES ?? 0) * 60_000;
  for (let round = 0; round < rounds || performance.now() < untilMs; round++)
    await edit(page, layout);
  return (await heapBytes(page)) / before;
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
