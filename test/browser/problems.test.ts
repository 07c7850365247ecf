import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, type Editor, openEditor } from './support/open-editor.ts';

const folder = (path: string) => ({
  type: 'core.image-folder',
  version: 1,
  params: { folder: path },
});
const graph = JSON.stringify({
  format: 'radiograph/1',
  name: 'two folders',
  nodes: { near: folder('images'), far: folder('$RADIOGRAPH_DATA/images') },
  layout: { near: [0, 0], far: [0, 320] },
  edges: [],
});

describe.runIf(browserPath)('problems (needs Chrome or Chromium)', () => {
  let editor: Editor;
  let page: Page;
  beforeAll(async () => {
    delete process.env.RADIOGRAPH_DATA;
    editor = await openEditor({
      graphs: { 'folders.graph.json': graph },
      firstGraph: 'folders.graph.json',
    });
    page = editor.page;
  });
  afterAll(() => editor?.close());

  test('missing folders are listed with node and field, and say what to do here; Run refuses with the same', async () => {
    await page.locator('.react-flow__node-step').first().waitFor();
    await page.keyboard.press('p');
    const drawer = page.getByLabel('Drawer');
    await drawer.getByText('nodes.near.params.folder').waitFor();

    await drawer.getByText('nodes.far.params.folder').waitFor();
    await drawer
      .getByText(/the field Data folder, in the inspector while nothing is selected/)
      .waitFor();
    expect(await page.getByText('The graph can run').count()).toBe(0);
    expect(await drawer.innerText()).not.toContain('--set');
    await page.getByRole('banner').getByRole('button', { name: 'Run', exact: true }).click();
    await page
      .getByText('The graph has problems; they are listed below the canvas.')
      .first()
      .waitFor();
    await page
      .locator('.react-flow__node-step')
      .first()
      .getByText(/expected a file or folder/)
      .waitFor();
  });

  test('a problem goes when what it says is mended', async () => {
    mkdirSync(join(editor.workspace, 'data/images'), { recursive: true });
    mkdirSync(join(editor.workspace, 'images'), { recursive: true });
    await page.getByRole('textbox', { name: 'Data folder' }).fill('data');

    await page.getByLabel('Drawer').getByText('No problems. The graph can run.').waitFor();
    expect(editor.errors).toEqual([]);
  });
});
