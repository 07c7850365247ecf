import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument, printDocument } from '@radiograph/graph';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyPoint, zoomTo } from '../../bench/editor/gestures.ts';
import { largeGraph } from '../../bench/editor/graph.ts';
import { browserPath, type Editor, openEditor } from './support/open-editor.ts';

const graph = largeGraph(400, 480);

describe.skipIf(browserPath === undefined)(
  'a large graph from afar (needs Chrome or Chromium)',
  () => {
    let editor: Editor;
    let page: Page;

    beforeAll(async () => {
      editor = await openEditor({
        firstGraph: 'large.graph.json',
        graphs: { 'large.graph.json': printDocument(graph) },
      });
      page = editor.page;
      await page.locator('[data-painted]').waitFor();
    });
    afterAll(() => editor?.close());

    const elements = () => page.locator('.react-flow__node-step').count();
    const selected = () => page.locator('.react-flow__node-step.selected').count();
    const centerOfCanvas = async (): Promise<[number, number]> => {
      const { x, y, width, height } = (await page.locator('.react-flow').boundingBox())!;
      return [x + width / 2, y + height / 2];
    };
    /** Where a node is on the screen. */
    const placeOf = async (id: string): Promise<[number, number]> => {
      const [zoom, tx, ty, x, y] = await page.evaluate<[number, number, number, number, number]>(
        `(() => {
        const { a, e, f } = new DOMMatrix(getComputedStyle(document.querySelector('.react-flow__viewport')).transform);
        const { x, y } = document.querySelector('.react-flow').getBoundingClientRect();
        return [a, e, f, x, y];
      })()`,
      );
      const [left, top] = graph.layout![id]!;
      return [x + tx + (left + 60) * zoom, y + ty + (top + 20) * zoom];
    };

    test('is painted in one picture, in which the node under the pointer is clicked and dragged', async () => {
      expect(await elements()).toBe(0);
      const [x, y] = await placeOf('n170');
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x + 30, y + 30, { steps: 4 });
      await page.mouse.up();
      await page.locator('.react-flow__node[data-id="n170"].selected').waitFor();
      await page.getByText('Saved', { exact: true }).waitFor();

      const { layout } = parseDocument(
        readFileSync(join(editor.workspace, 'large.graph.json'), 'utf8'),
      );
      const [before, after] = [graph.layout!, layout!];
      expect(after.n170![0]).toBeGreaterThan(before.n170![0]);
      expect(Object.keys(after).filter((id) => `${after[id]}` !== `${before[id]}`)).toEqual([
        'n170',
      ]);
    });

    test('a box drawn around painted nodes selects them', async () => {
      await page.keyboard.press('Escape');
      const [left, top] = await placeOf('n165');
      const [right, bottom] = await placeOf('n207');
      await page.keyboard.down('Shift');
      await page.locator('.react-flow__pane.selection').waitFor();
      await page.mouse.move(left - 7, top - 5);
      await page.mouse.down();
      await page.mouse.move(right, bottom, { steps: 6 });
      await page.mouse.up();
      await page.keyboard.up('Shift');

      await expect.poll(selected).toBe(6);
    });

    test('a pan takes the frame around a selection along', async () => {
      const frame = page.locator('.react-flow__nodesselection-rect');
      const before = (await frame.boundingBox())!;
      const [x, y] = await emptyPoint(page, Object.values(graph.layout!));
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x + 60, y + 40, { steps: 4 });
      const moved = async () => {
        const now = (await frame.boundingBox())!;
        return [now.x - before.x, now.y - before.y];
      };

      await expect.poll(moved).toEqual([60, 40]); // with the next frame that is drawn, still held
      await page.mouse.up();
      await page.evaluate('new Promise(requestAnimationFrame)');
      await expect.poll(moved).toEqual([60, 40]);
    });

    test('close up a pan paints what it brings into view, which is drawn when the pointer lets go', async () => {
      await page.keyboard.press('Escape');
      const center = await centerOfCanvas();
      await zoomTo(page, center, 1);
      const fill = page.locator('canvas.overview.is-fill');
      await fill.waitFor({ state: 'attached' });
      const shown = () =>
        page
          .locator('.react-flow__node-step')
          .evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-id')));
      const before = await shown();
      const layout = Object.values(graph.layout!);
      const [x, y] = await emptyPoint(page, layout);
      await page.mouse.move(x, y);
      expect(await fill.isVisible()).toBe(false);
      await page.mouse.down();
      await page.mouse.move(x - 300, y, { steps: 5 });
      await expect.poll(() => fill.isVisible()).toBe(true);

      expect(await shown()).toEqual(before);

      await page.mouse.up();
      await expect.poll(() => fill.isVisible()).toBe(false);
      const after = await shown();
      const fresh = after.filter((id) => !before.includes(id));
      const under = await Promise.all(
        fresh.map(async (id) => {
          const [left, top] = await placeOf(id!);
          return page.evaluate<string | null>(
            `document.elementFromPoint(${left}, ${top})?.closest('.react-flow__node')?.dataset.id ?? null`,
          );
        }),
      );
      const found = fresh.filter((id, index) => under[index] === id);
      expect(found.length).toBeGreaterThan(0); // others begin beyond the edge of the canvas
      await zoomTo(page, center, 0.2);
      await page.locator('[data-painted]').waitFor();
    });

    test('a node that the outline shows is reached by the keyboard, with its ports', async () => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('o');
      await page.locator('[role="treeitem"]:focus').waitFor();
      await page.keyboard.press('Enter');
      await page.locator('.react-flow__node-step:focus .react-flow__handle').first().waitFor();

      expect(await page.locator('[data-painted]').count()).toBe(0);
      expect(editor.errors).toEqual([]);
    });
  },
);
