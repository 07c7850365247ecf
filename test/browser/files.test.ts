import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseDocument, printDocument } from '@radiograph/graph';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quickstart } from './support/graph-file.ts';
import { browserPath, type Editor, openEditor } from './support/open-editor.ts';

const stale = 'Changed elsewhere: merge';
const hostile = '<img src=x onerror="window.owned=1"><script>window.owned=1</script>';

describe.skipIf(browserPath === undefined)('files in the editor (needs Chrome or Chromium)', () => {
  let editor: Editor;

  beforeAll(async () => {
    editor = await openEditor({
      firstGraph: 'study.graph.json',
      graphs: {
        'study.graph.json': printDocument(quickstart),
        'second.graph.json': printDocument({ ...quickstart, name: 'second' }),
        'hostile.graph.json': printDocument(hostileDocument()),
        'inherited.graph.json': printDocument(hostileDocument()).replaceAll('"b', '"constructor'),
        'broken.graph.json': '{ "format": "radiograph/1", "nodes": [',
        'wrong.graph.json':
          '{ "format": "radiograph/1", "name": 3, "nodes": { "__proto__x": {} } }',
      },
      isProcess: true,
    });
    await editor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  });
  afterAll(() => editor?.close());

  const read = () =>
    parseDocument(readFileSync(join(editor.workspace, 'study.graph.json'), 'utf8'));

  test('an edit is saved by itself, and a tab with nothing unsaved takes it over', async () => {
    const other = await editor.openTab();
    await rename(editor.page, 'Named in one tab');
    await other.getByRole('button', { name: 'Named in one tab' }).waitFor();

    expect(read().name).toBe('Named in one tab');
    await other.close();
  });

  test('two tabs that edit at once lose nothing: the later save is refused and merged', async () => {
    const { page } = editor;
    const other = await editor.openTab();
    await editor.stopServer(); // both edits wait for it, so that neither tab can take over the other's
    await setRho(page, '0.25');
    await rename(other, 'Named in the other tab');
    await Promise.all([page, other].map((tab) => tab.getByText('Not saved').waitFor()));
    await editor.startAgain();
    await Promise.race([page, other].map((tab) => tab.getByText(stale).waitFor()));
    const late = (await page.getByText(stale).count()) > 0 ? page : other;
    await late.getByText(stale).click();
    await late.getByText('both versions are merged').waitFor();
    await late.getByRole('button', { name: 'Merge and save' }).click();
    await late.getByText('Saved', { exact: true }).waitFor();

    expect(read().name).toBe('Named in the other tab');
    expect(read().nodes.mixer?.params.rho).toBe(0.25);
    await other.close();
  });

  test('where both sides changed the same, the merge asks which one to take', async () => {
    const { page } = editor;
    await rename(page, 'Mine');
    const theirs = printDocument({ ...read(), name: 'Theirs' });
    writeFileSync(join(editor.workspace, 'study.graph.json'), theirs);
    await page.getByText(stale).click();
    await page.getByText('Both sides changed this; take').waitFor();
    await page.getByRole('radio', { name: 'what is in the file' }).check();
    await page.getByRole('button', { name: 'Merge and save' }).click();
    await page.getByRole('button', { name: 'Theirs' }).waitFor();

    await page.getByText('Saved', { exact: true }).waitFor();
    expect(read().name).toBe('Theirs');
  });

  test('edits made after the server was killed are there when page and server are opened again', async () => {
    await editor.stopServer();
    await rename(editor.page, 'Made without a server');
    await editor.page.getByText('Not saved').waitFor();
    await editor.page.close();
    expect(read().name).toBe('Theirs');

    await editor.startAgain();
    const page = await editor.openTab();
    await page.getByRole('button', { name: 'Made without a server' }).waitFor();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect(read().name).toBe('Made without a server');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Theirs' }).waitFor();
    await page.close();
  });

  test('another graph opened while one is being saved gets nothing of it, and loses none of its edits', async () => {
    const page = await editor.openTab();
    const delay = 700;
    await page.route('**/api/graph?*', async (route) => {
      if (route.request().method() === 'PUT') await setTimeout(delay);
      await route.continue();
    });
    const nameOf = (file: string) =>
      parseDocument(readFileSync(join(editor.workspace, file), 'utf8')).name;
    const open = async (path: string) => {
      await page.keyboard.press('Control+o');
      await page.getByRole('button', { name: path }).click();
    };
    await rename(page, 'Being saved');
    await page.getByText('Saving', { exact: true }).waitFor();
    await rename(page, 'Edited while it was being saved');
    await open('second.graph.json');
    await page.getByRole('button', { name: 'second', exact: true }).waitFor();
    await setTimeout(3 * delay);
    expect(nameOf('study.graph.json')).toBe('Edited while it was being saved');
    await rename(page, 'Edited and left at once');
    await open('study.graph.json');
    await page.getByRole('button', { name: 'Edited while it was being saved' }).waitFor();
    await page.getByText('Saved', { exact: true }).waitFor();

    await expect.poll(() => nameOf('second.graph.json')).toBe('Edited and left at once');
    expect(nameOf('study.graph.json')).toBe('Edited while it was being saved');
    await page.unrouteAll();
    await page.close();
  });

  test('what is no graph is not pasted, and says why', async () => {
    const page = await editor.openTab();
    const before = await page.locator('.react-flow__node').count();
    const garbage = [
      'hello',
      '{"format":"radiograph/1"',
      '[1,2]',
      '{"format":"radiograph/2","nodes":{}}',
    ];
    for (const text of [...garbage, '['.repeat(50_000)]) {
      await paste(page, text);
      await page.getByText('The clipboard holds no graph').first().waitFor();
    }

    expect(await page.locator('.react-flow__node').count()).toBe(before);
    await page.close();
  });

  test('scripts in labels, notes, titles and types stay text, pasted or opened', async () => {
    const page = await editor.openTab();
    await paste(page, printDocument(hostileDocument()));
    await page.getByText(hostile).first().waitFor();
    await page.keyboard.press('Control+o');
    for (const name of ['broken', 'wrong', 'inherited'])
      expect(await page.getByRole('button', { name: `${name}.graph.json` }).isDisabled()).toBe(
        true,
      );
    await page.getByRole('button', { name: 'hostile.graph.json' }).click();
    await page.locator('.react-flow__node').first().waitFor();
    await page
      .locator('.react-flow__node-step')
      .first()
      .click({ position: { x: 20, y: 10 } });
    await page.keyboard.press('o');
    await page.getByRole('treeitem').first().waitFor();

    expect(await page.evaluate('window.owned')).toBeUndefined();
    await page.close();
  });
});

function hostileDocument() {
  return {
    ...quickstart,
    name: hostile,
    description: hostile,
    nodes: {
      a: { type: 'core.split', version: 1, params: {}, label: hostile, note: hostile },
      b: { type: hostile, version: 1, params: { [hostile]: hostile } },
    },
    edges: [{ from: 'a.train', to: 'b.x' }],
    expose: { rho: 'a.train' },
    layout: { a: [0, 0] as [number, number] },
    groups: [{ id: 'g', title: hostile, nodes: ['a', 'gone'], color: 'url(javascript:alert(1))' }],
    notes: [{ id: 'n', text: hostile, at: [400, 0] as [number, number] }],
    variants: { [hostile]: { [hostile]: { disable: ['a'] } } },
  };
}

async function rename(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(name);
}

async function setRho(page: Page, rho: string): Promise<void> {
  await page.locator('.react-flow__node[data-id="mixer"]').click();
  await page.locator('#side-panel input[aria-label="rho"]').fill(rho);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
}

async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await page.keyboard.press('Control+v');
}
