import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildEditor } from '../../apps/runner/src/server/build-editor.ts';
import { initialJsKb } from '../../bench/editor/initial-js.ts';
import { browserPath, type Editor, openEditor } from './support/open-editor.ts';

describe.skipIf(browserPath === undefined)('the editor (needs Chrome or Chromium)', () => {
  let editor: Editor;

  beforeAll(async () => {
    editor = await openEditor();
  });
  afterAll(() => editor?.close());

  test('opens the quickstart with its nodes and wires, without an error in the console', async () => {
    const { page, errors } = editor;
    await page.waitForSelector('.react-flow__edge', { state: 'attached' });

    expect(await page.locator('.react-flow__node').count()).toBe(11);
    expect(await page.locator('.react-flow__edge').count()).toBe(23);
    expect(errors).toEqual([]);
  });

  test('the palette lists every node type that the command line lists', async () => {
    const command = ['apps/runner/bin/radiograph.js', 'nodes', '--json'];
    const json = execFileSync(process.execPath, command, { encoding: 'utf8' });
    const types = (JSON.parse(json) as { type: string }[]).map(({ type }) => type);
    const listed = await editor.page
      .locator('[data-type]')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-type')));

    expect(listed.toSorted()).toEqual(types.toSorted());
  });

  test('the palette finds nodes by words, and says so when nothing matches', async () => {
    const search = editor.page.getByRole('searchbox', { name: 'Search node types' });
    await search.fill('grad cam');
    const first = editor.page.getByRole('region', { name: 'Best matches' }).locator('[data-type]');
    expect(await first.first().getAttribute('data-type')).toBe('chexseg.grad-cam');

    await search.fill('zzzzzz');
    await editor.page.getByText('No node type matches.').waitFor();
    await search.fill('');
  });

  test('the page loads at most 350 kB of JavaScript before it shows the graph', async () => {
    expect(initialJsKb(await buildEditor(() => undefined))).toBeLessThanOrEqual(350);
  });

  test('what would run, and why, is on the nodes before anything runs', async () => {
    const mixer = editor.page.locator('.react-flow__node[data-id="phantom"]');

    await mixer.getByText('would run · never run').waitFor();
  });
});
