import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, type Editor, openEditor } from './support/open-editor.ts';

describe.runIf(browserPath)('what is not saved yet (needs Chrome or Chromium)', () => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await openEditor();
  });
  afterAll(() => editor?.close());

  test('N makes a note with the cursor in it: what is typed at once is text, never a command', async () => {
    const { page } = editor;
    await page.locator('.react-flow__pane').click({ position: { x: 5, y: 5 } });
    const before = await page.locator('.react-flow__node-step').count();
    const name = await page.getByRole('textbox', { name: 'Name' }).inputValue();

    await page.keyboard.type('nDoc I find: bad vines');

    await page.getByRole('textbox', { name: 'Note' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Note' }).inputValue()).toBe(
      'Doc I find: bad vines',
    );
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    expect(await page.locator('.react-flow__node-step').count()).toBe(before);
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe(name);
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('a graph that was never saved comes back after a reload, a second one, and another graph', async () => {
    const { page } = editor;
    const begin = async (label: string) => {
      await page
        .getByRole('button', { name: /^(CheXseg|Untitled|first|second)/ })
        .first()
        .click();
      await page.getByRole('menuitem', { name: 'New graph' }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill(label);
      await page.locator('.react-flow__pane').click({ position: { x: 5, y: 5 } });
      await page.keyboard.type(`n${label} text`);
      await page.getByRole('textbox', { name: 'Note' }).waitFor();
      await page.keyboard.press('Escape');
      await page.waitForTimeout(700); // the journal writes shortly after an edit
    };
    await begin('first draft');
    await page.reload();
    await page.waitForSelector('.react-flow');
    expect(await page.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('first draft text');
    await begin('second draft');
    await page.keyboard.press('Control+o');
    await page.getByRole('dialog').getByText('CheXseg quickstart').first().click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('Control+o');

    const drafts = page.getByRole('region', { name: 'Drafts' });
    await drafts.getByText('second draft').waitFor();
    await drafts.getByText('first draft').click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await page.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('first draft text');
    expect(editor.errors).toEqual([]);
  });
});
