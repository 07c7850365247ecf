/** What nobody draws on purpose: narrow windows, files by hand, empty graphs, runs that fail. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { printDocument } from '@radiograph/graph';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quickstart } from './support/graph-file.ts';
import { browserPath, type Editor, openEditor } from './support/open-editor.ts';

const tiny = readFileSync(new URL('../tiny/tiny.graph.json', import.meta.url), 'utf8');
const bare = (name: string, rest: object) =>
  JSON.stringify({ format: 'radiograph/1', name, nodes: {}, ...rest });
const long = 'underscores_that_never_break_'.repeat(8);

const graphs = {
  'study.graph.json': printDocument(quickstart),
  'empty.graph.json': bare('empty', {}),
  'missing.graph.json': bare(long, {
    nodes: {
      [long.slice(0, 60)]: { type: 'core.split', version: 1, params: {}, label: long },
      unknown: { type: 'other.segmenter', version: 3, params: { depth: 7 } },
    },
    edges: [{ from: `${long.slice(0, 60)}.train`, to: 'unknown.images' }],
  }),
  'failing.graph.json': tiny
    .replace('"name": "tiny"', '"name": "failing"')
    .replace(/"patients": \d+/, '"patients": 1'),
};

describe.skipIf(browserPath === undefined)('unusual graphs (needs Chrome or Chromium)', () => {
  let editor: Editor;
  let page: Page;

  beforeAll(async () => {
    editor = await openEditor({ firstGraph: 'study.graph.json', graphs });
    page = editor.page;
    await node('montage').waitFor();
  });
  afterAll(() => editor?.close());

  const node = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
  const open = async (name: string) => {
    await page.keyboard.press('Control+o');
    await page.getByRole('button', { name: `${name}.graph.json` }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };
  const run = () =>
    page.getByRole('banner').getByRole('button', { name: 'Run', exact: true }).click();
  /** Elements that reach beyond the right edge of the window. */
  const cutOff = () =>
    page.evaluate<string[]>(`[...document.querySelectorAll('header button, #side-panel *')]
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth)
      .map((element) => element.outerHTML.slice(0, 90))`);
  const placesOf = () =>
    page
      .locator('.react-flow__node-step')
      .evaluateAll((all) => all.map((one) => [one.dataset.id, one.style.transform] as const));

  test('a window of 1024 x 700 cuts nothing off, and wires follow nodes that come into view from afar', async () => {
    await page.setViewportSize({ width: 1024, height: 700 });
    expect(await cutOff()).toEqual([]);
    await page.keyboard.press('f');

    await expect.poll(() => page.locator('.react-flow__node-step').count()).toBe(11);
    await expect.poll(() => page.locator('.react-flow__edge').count()).toBe(23);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('a node whose type is not installed keeps its wires and parameters, and long names are cut, not the page', async () => {
    await open('missing');
    await node('unknown').getByText('other.segmenter is not installed').waitFor();
    await page.locator('.react-flow__edge').waitFor({ state: 'attached' });
    await node('unknown').click();
    await page.locator('#side-panel').getByText('"depth": 7').waitFor();
    await node(long.slice(0, 60)).click();

    expect(await cutOff()).toEqual([]);
  });

  test('an empty graph does not run, and says what to do', async () => {
    await open('empty');
    await run();
    await page.getByRole('alert').getByText('The graph is empty: add a node first.').waitFor();
    await page.getByRole('navigation', { name: 'Views' }).getByText('Runs').click();
    await page.getByText('No run yet').waitFor();
    await page.getByRole('button', { name: 'Go to the graph' }).click();
  });

  test('a graph without a layout stands in columns; removing a node moves no other', async () => {
    await open('failing');
    await expect.poll(() => page.locator('.react-flow__node-step').count()).toBe(10);
    const before = new Map(await placesOf());
    expect(new Set(before.values()).size).toBe(10);
    await node('cam').click();
    await page.keyboard.press('Delete');
    await expect.poll(() => page.locator('.react-flow__node-step').count()).toBe(9);

    for (const [id, place] of await placesOf()) expect(place, id).toBe(before.get(id));
    await page.keyboard.press('Control+z');
    await node('cam').waitFor();
    await page.getByText('Saved', { exact: true }).waitFor();
    const text = readFileSync(join(editor.workspace, 'failing.graph.json'), 'utf8');
    expect(text).not.toContain('layout');
  });

  test('a run that fails says why whatever is on the screen, and leads to its node', async () => {
    await run();
    await page.getByRole('navigation', { name: 'Views' }).getByText('Viewer').click();
    const alert = page.getByRole('alert').filter({ hasText: 'failing failed' });
    await alert.getByRole('button', { name: /^Show / }).click();

    await page.locator('.react-flow__node.selected').waitFor();
    await page
      .getByRole('tabpanel', { name: 'Results' })
      .getByText(/expected/)
      .first()
      .waitFor();
    expect(editor.errors).toEqual([]);
  });
});
