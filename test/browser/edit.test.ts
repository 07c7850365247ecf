/** Editing beyond drawing: the clipboard, search, problems, templates, variants, and every shortcut of the sheet. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument, printDocument } from '@radiograph/graph';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { quickstart } from './support/graph-file.ts';
import { browserPath, type Editor, openEditor } from './support/open-editor.ts';

describe.skipIf(browserPath === undefined)('editing (needs Chrome or Chromium)', () => {
  let editor: Editor;
  let page: Page;

  beforeAll(async () => {
    const graphs = { 'study.graph.json': printDocument(quickstart) };
    editor = await openEditor({ firstGraph: 'study.graph.json', graphs });
    page = editor.page;
    await editor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await node('montage').waitFor();
  });
  afterAll(() => editor?.close());
  beforeEach(async () => {
    await page.keyboard.press('Escape');
    for (let step = 0; step < 15; step++) await page.keyboard.press('Control+z');
    await page.keyboard.press('f');
  });

  const node = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
  const read = (path: string) => parseDocument(readFileSync(join(editor.workspace, path), 'utf8'));
  const saved = async () => {
    await page.getByText('Saved', { exact: true }).waitFor();
    return read('study.graph.json');
  };
  const open = async (path: string) => {
    await page.keyboard.press('Control+o');
    await page.getByRole('button', { name: path }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await node('montage').waitFor();
  };
  const selectNodes = async (...ids: string[]) => {
    for (const id of ids) await node(id).click({ modifiers: ['Control'] });
  };
  const between = (edges: readonly { from: string; to: string }[], ...ids: string[]) =>
    edges.filter(({ from, to }) => [from, to].every((end) => ids.includes(end.split('.')[0]!)));

  test('copied, cut and duplicated nodes keep the wires between them, and paste in another tab', async () => {
    const inside = between(quickstart.edges, 'classifier', 'cam', 'pseudo');
    await selectNodes('classifier', 'cam', 'pseudo');
    await page.keyboard.press('Control+d');
    await node('cam-2').waitFor();
    const { nodes, edges } = await saved();
    expect(nodes['classifier-2']).toEqual(quickstart.nodes.classifier);
    expect(between(edges, 'classifier-2', 'cam-2', 'pseudo-2')).toHaveLength(inside.length);

    await page.keyboard.press('Control+x');
    await node('cam-2').waitFor({ state: 'detached' });
    expect((await saved()).edges).toEqual(quickstart.edges);
    const clipboard = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(Object.keys(parseDocument(clipboard).nodes)).toHaveLength(3);
    const other = await editor.openTab();
    await other.getByRole('button', { name: 'CheXseg quickstart' }).click();
    await other.getByRole('menuitem', { name: 'New graph' }).click();
    await other.keyboard.press('Control+v');
    await expect.poll(() => other.locator('.react-flow__node-step').count()).toBe(3);
    await expect.poll(() => other.locator('.react-flow__edge').count()).toBe(inside.length);
    await other.close();
  });

  test('the search shows a node by a parameter of it; a problem leads to its node', async () => {
    await page.keyboard.press('Control+f');
    await page.getByRole('combobox', { name: 'Nodes of the graph' }).fill('patient');
    await page.getByRole('option').filter({ hasText: 'split' }).click();
    await page.locator('.react-flow__node[data-id="split"].selected').waitFor();
    await page.keyboard.press('Escape');
    await selectNodes('split');
    await page.keyboard.press('Delete');
    await page.keyboard.press('p');
    await page.getByRole('button', { name: /nodes\.classifier\.inputs\.images/ }).click();

    await page.locator('.react-flow__node[data-id="classifier"].selected').waitFor();
    await page.keyboard.press('p');
  });

  test('a port says what it takes: kind, shape and numbers', async () => {
    const port = node('mixer').getByTitle(/^weakMasks: masks, optional/);

    expect(await port.getAttribute('title')).toContain('[N, K, H, W] as COCO run lengths');
    expect(
      await node('cam')
        .getByTitle(/^saliency/)
        .getAttribute('title'),
    ).toContain('float32');
  });

  test('axes set, disable, disconnect and connect; a combination opens as a graph of its own', async () => {
    await page.keyboard.press('v');
    const dialog = page.getByRole('dialog', { name: 'Axes of variants' });
    const add = async (label: string, name: string) => {
      await dialog.getByLabel(label, { exact: true }).fill(name);
      await page.keyboard.press('Enter');
    };
    const choose = async (label: string, option: string) => {
      await dialog.getByRole('combobox', { name: label, exact: true }).click();
      await page.keyboard.insertText(option);
      await page.locator('[role="option"]:visible').filter({ hasText: option }).first().click();
      await page.keyboard.press('Escape');
    };
    await add('New axis', 'supervision');
    await add('New value of supervision', 'full');
    await dialog.getByLabel('Set parameters').fill('mixer.rho=1');
    await dialog.getByLabel('Set parameters').blur();
    await choose('Disable', 'pseudo');
    await choose('Disconnect', 'pseudo.masks -> mixer.weakMasks');
    await choose('Connect', 'split.validation -> cam.images');
    await page.getByText('Saved', { exact: true }).waitFor();

    expect(read('study.graph.json').variants).toEqual({
      supervision: {
        full: {
          set: { 'mixer.rho': 1 },
          disable: ['pseudo'],
          disconnect: [{ from: 'pseudo.masks', to: 'mixer.weakMasks' }],
          connect: [{ from: 'split.validation', to: 'cam.images' }],
        },
      },
    });
    const preview = dialog.getByRole('region', { name: 'One combination' });
    await preview.getByRole('combobox', { name: 'supervision' }).click();
    await page.locator('[role="option"]:visible').click();
    await preview.getByText('mixer.rho').waitFor();
    await preview.getByRole('button', { name: 'Open as a graph of its own' }).click();
    await page.getByRole('button', { name: 'CheXseg quickstart supervision=full' }).waitFor();
    await node('pseudo').getByText('disabled').waitFor({ state: 'attached' });
    await open('study.graph.json');
  });

  test('an example opens as a template: edits stay in the browser until it is saved as a file of its own', async () => {
    const example = 'examples/quickstart.graph.json';
    const before = readFileSync(join(editor.workspace, example), 'utf8');
    await open(example);
    await page.getByText('Template: save a copy').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Made from the template');
    await page.keyboard.press('Control+s');
    await page.getByLabel('File in the workspace').fill('own');
    await page.keyboard.press('Enter');
    await page.getByText('Saved', { exact: true }).waitFor();

    expect(read('own.graph.json').name).toBe('Made from the template');
    expect(readFileSync(join(editor.workspace, example), 'utf8')).toBe(before);
    await open('study.graph.json');
  });

  test.each(['nothing', 'everything'])(
    'every shortcut of the sheet works or says why not, and undo takes all of it back (%s selected)',
    async (selection) => {
      await page.keyboard.press('?');
      await page.getByRole('dialog').locator('kbd').first().waitFor();
      const rows = await page
        .getByRole('dialog')
        .locator('dd')
        .evaluateAll((all) => all.map((row) => row.innerText.split(/\s+/).filter(Boolean)));
      await page.keyboard.press('Escape');
      const keys = rows
        .map((names) => names.join('+').replace('Ctrl', 'Control'))
        .filter((name) => !/Drag|C\/X\/V|Enter|[ZS]$/.test(name)); // runs, undo and saving have tests of their own
      expect(keys.length).toBeGreaterThan(25);
      for (const key of keys) {
        await page.getByRole('dialog').waitFor({ state: 'detached' });
        if (selection === 'everything') await page.keyboard.press('Control+a');
        await page.keyboard.press(key);
        await page.keyboard.press('Escape');
        await page.keyboard.press('Escape');
        if (!/^[[\]OPF?]$/.test(key)) await page.keyboard.press('Control+z');
        await node('cam').waitFor({ state: 'attached' }); // nothing jumped out of the view
      }

      for (let step = 0; step < 20; step++) await page.keyboard.press('Control+z');
      expect(await saved()).toEqual(quickstart);
      expect(editor.errors).toEqual([]);
    },
  );
});
