import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument, printDocument } from '@radiograph/graph';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { quickstart } from './support/graph-file.ts';
import { browserPath, type Editor, openEditor } from './support/open-editor.ts';

describe.skipIf(browserPath === undefined)('the canvas (needs Chrome or Chromium)', () => {
  let editor: Editor;
  let page: Page;

  beforeAll(async () => {
    editor = await openEditor({
      firstGraph: 'study.graph.json',
      graphs: { 'study.graph.json': printDocument(quickstart) },
    });
    page = editor.page;
    await page.locator('.react-flow__node-step').first().waitFor();
  });
  afterAll(() => editor?.close());
  afterEach(async () => {
    await page.keyboard.press('Escape');
    for (let step = 0; step < 12; step++) await page.keyboard.press('Control+z');
    await page.keyboard.press('f');
  });

  const node = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
  const selectNodes = async (...ids: string[]) => {
    for (const id of ids) await node(id).click({ modifiers: ['Control'] });
  };
  const saved = async () => {
    await page.getByText('Saved', { exact: true }).waitFor();
    return parseDocument(readFileSync(join(editor.workspace, 'study.graph.json'), 'utf8'));
  };
  const announced = (text: string) =>
    page.getByRole('status').filter({ hasText: text }).first().waitFor({ state: 'attached' });
  const handle = (reference: string, side: 'source' | 'target') => {
    const [id, port] = reference.split('.');
    return page.locator(
      `.react-flow__handle.${side}[data-nodeid="${id}"][data-handleid="${port}"]`,
    );
  };
  const pull = async (from: string, to: readonly [number, number]) => {
    const box = (await handle(from, 'source').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(to[0] - 9, to[1] - 9);
    await page.mouse.move(...to);
    await page.mouse.up();
  };

  test('a wire that does not fit says why, and the adapter that it offers is wired to both ends', async () => {
    const box = (await handle('mixer.weakMasks', 'target').boundingBox())!;
    await pull('cam.saliency', [box.x + box.width / 2, box.y + box.height / 2]);
    await page.getByText('These ports do not fit').waitFor();
    await announced('Refused: mixer.weakMasks takes masks');
    await page.getByRole('button', { name: 'Insert Saliency to masks' }).click();
    await node('saliency-masks').waitFor();

    const wires = (await saved()).edges.map(({ from, to }) => `${from} -> ${to}`);
    expect(wires).toContain('cam.saliency -> saliency-masks.saliency');
    expect(wires).toContain('saliency-masks.masks -> mixer.weakMasks');
  });

  test('a wire is moved to another port by keyboard, and by dragging its end', async () => {
    const wiresInto = async (to: string) =>
      (await saved()).edges.filter((edge) => edge.to === to).map(({ from }) => from);
    await page.locator('.react-flow__edge[data-id="split.train -> expert.images"]').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('c');
    await page.locator('[role="combobox"][aria-label^="Instead of"]:focus').waitFor();
    await page.keyboard.insertText('split.validation expert');
    await page.keyboard.press('Enter');
    await announced('The wire goes from split.validation to expert.images now.');
    expect(await wiresInto('expert.images')).toEqual(['split.validation']);

    const end = page.locator('.react-flow__edge.selected .react-flow__edgeupdater-source');
    const [at, to] = [await end.boundingBox(), await handle('split.train', 'source').boundingBox()];
    await page.mouse.move(at!.x + at!.width / 2, at!.y + at!.height / 2);
    await page.mouse.down();
    await page.mouse.move(to!.x, to!.y);
    await page.mouse.move(to!.x + to!.width / 2, to!.y + to!.height / 2);
    await page.mouse.up();
    await announced('The wire goes from split.train to expert.images now.');
    expect(await wiresInto('expert.images')).toEqual(['split.train']);
  });

  test('a wire is led over a point by dragging on it, and straightened by a double click on the point', async () => {
    const wire = 'split.train -> classifier.images';
    const viaOf = async () =>
      (await saved()).edges.find(({ from, to }) => `${from} -> ${to}` === wire)?.via;
    const dots = page.locator('.react-flow__edgelabel-renderer circle');
    await page.locator(`.react-flow__edge[data-id="${wire}"]`).focus();
    await page.keyboard.press('Enter');
    const box = (await dots.first().boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y + 40, { steps: 3 });
    await page.mouse.move(x, y + 90, { steps: 3 });
    await page.mouse.up();

    await expect.poll(viaOf).toHaveLength(1);
    await expect.poll(() => dots.count()).toBe(3); // the point, and a place for another at each side
    const ring = (await dots.first().boundingBox())!;
    expect(ring.y + ring.height / 2).toBeCloseTo(y + 90, -1);
    await page.mouse.dblclick(ring.x + ring.width / 2, ring.y + ring.height / 2);
    await expect.poll(viaOf).toBeUndefined();
  });

  test('a wire that is dropped on the empty canvas offers only nodes that take it', async () => {
    await pull('cam.saliency', [700, 640]);
    const menu = page.getByRole('dialog', { name: 'Add a node' });
    await menu.waitFor();
    expect(await menu.getByRole('option').allInnerTexts()).not.toContainEqual(
      expect.stringContaining('Phantom'),
    );
    await menu.getByRole('option').filter({ hasText: 'Saliency to masks' }).click();
    await node('saliency-masks').waitFor();

    const { edges } = await saved();
    expect(edges).toContainEqual({ from: 'cam.saliency', to: 'saliency-masks.saliency' });
  });

  test('a group is collapsed into one node and expanded again; what would run stays the same', async () => {
    await selectNodes('classifier', 'cam', 'pseudo');
    await page.keyboard.press('Control+g');
    await page.locator('.react-flow__node-frame').waitFor();
    await page.keyboard.press('e');
    await page.locator('.react-flow__node-folded').waitFor();
    expect(await node('cam').count()).toBe(0);
    const { groups, ...rest } = await saved();
    expect(groups).toMatchObject([{ nodes: ['classifier', 'cam', 'pseudo'], collapsed: true }]);
    expect(rest).toEqual(quickstart);

    await page.keyboard.press('e');
    await node('cam').waitFor();
  });

  test('auto layout leaves no two nodes on top of each other', async () => {
    await page.keyboard.press('l');
    await announced('Laid out 11 nodes.');
    const boxes = await page
      .locator('.react-flow__node-step')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON() as DOMBox));

    const overlapping = boxes.flatMap((a, index) =>
      boxes.slice(index + 1).filter((b) => overlap(a, b)),
    );
    expect(overlapping).toEqual([]);
    expect((await saved()).layout).not.toEqual(quickstart.layout);
  });

  test('nodes are aligned, and moved by the arrow keys, as single steps of the history', async () => {
    await selectNodes('expert', 'classifier');
    await page.getByRole('button', { name: 'Align top' }).click();
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowDown');

    const { layout } = await saved();
    expect([layout?.expert, layout?.classifier]).toEqual([
      [480, -20],
      [480, -20],
    ]);
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    expect((await saved()).layout).toEqual(quickstart.layout);
  });

  test('a bypassed node is wired around where the kinds fit, and refused with the reason where not', async () => {
    await selectNodes('expert');
    await page.keyboard.press('b');
    await announced('Wired around expert.');
    const { nodes, edges } = await saved();
    expect(nodes.expert?.disabled).toBe(true);
    expect(edges).toContainEqual({ from: 'split.train', to: 'cam.images' });
    await page.keyboard.press('Escape');

    await selectNodes('segmenter');
    await page.keyboard.press('b');
    await page.getByText('There is no way around segmenter').waitFor();
  });

  test('a note is written where the view is, and survives a reload', async () => {
    await page.keyboard.press('n');
    await page.locator('.react-flow__node-note textarea').fill('Try rho 0.5 next.');
    expect((await saved()).notes).toMatchObject([{ text: 'Try rho 0.5 next.' }]);
    await page.reload();
    await page.getByText('Try rho 0.5 next.').waitFor();
  });
});

type DOMBox = { left: number; right: number; top: number; bottom: number };

const overlap = (a: DOMBox, b: DOMBox) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
