import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from '@radiograph/graph';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillParam, typeParam } from './support/forms.ts';
import { meaningOf, quickstart, steps, wires } from './support/graph-file.ts';
import { browserPath, type Editor, openEditor } from './support/open-editor.ts';

describe.skipIf(browserPath === undefined)('drawing (needs Chrome or Chromium)', () => {
  let editor: Editor;

  beforeAll(async () => {
    editor = await openEditor({ viewport: { width: 1720, height: 1000 } });
  });
  afterAll(() => editor?.close());

  const read = (path: string) => readFileSync(join(editor.workspace, path), 'utf8');

  test('the quickstart is drawn from an empty canvas by mouse, and saved as the command line formats it', async () => {
    const { page, errors } = editor;
    await page.getByRole('button', { name: 'CheXseg quickstart' }).click();
    await page.getByRole('menuitem', { name: 'New graph' }).click();
    await page.getByText('An empty graph').waitFor();

    for (const [index, step] of steps.entries()) await dropNode(page, step.type, index);
    for (const wire of wires) await pullWire(page, wire);
    await page.locator('.react-flow__pane').click({ position: { x: 600, y: 660 } });
    await fillGraphFields(page);
    for (const { id, label, params } of steps) {
      await page
        .locator(`.react-flow__node[data-id="${id}"]`)
        .click({ position: { x: 90, y: 16 } });
      if (label !== undefined) await page.getByLabel('Label', { exact: true }).fill(label);
      for (const [name, value] of Object.entries(params)) await fillParam(page, name, value);
    }
    await page
      .locator('.react-flow__node[data-id="label-mixer"]')
      .click({ position: { x: 90, y: 16 } });
    await page.getByRole('button', { name: 'Expose rho' }).click();
    await page.getByRole('button', { name: 'Not saved yet' }).click();
    await page.getByLabel('File in the workspace').fill('by-mouse');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved', { exact: true }).waitFor();

    const saved = read('by-mouse.graph.json');
    expect(meaningOf(parseDocument(saved))).toEqual(meaningOf(quickstart));
    format(join(editor.workspace, 'by-mouse.graph.json'));
    expect(read('by-mouse.graph.json')).toBe(saved);
    expect(errors).toEqual([]);
  });

  test('undo reaches back to the empty canvas after a reload, and redo brings everything again', async () => {
    const { page } = editor;
    const saved = read('by-mouse.graph.json');
    await page.reload();
    await page.locator('.react-flow__node[data-id="montage"]').waitFor();
    for (let count = 0; count < 130; count++) await page.keyboard.press('Control+z');
    await page.getByText('An empty graph').waitFor();

    for (let count = 0; count < 130; count++) await page.keyboard.press('Control+Shift+z');
    await page.getByText('Saved', { exact: true }).waitFor();
    expect(read('by-mouse.graph.json')).toBe(saved);
  });

  test('the quickstart is drawn from an empty canvas without touching the mouse', async () => {
    const page = await editor.openTab();
    await runCommand(page, 'New graph');
    await page.getByText('An empty graph').waitFor();

    for (const { title, label, params } of steps) {
      await page.keyboard.press('a');
      await page.locator('[role="combobox"]:focus').waitFor();
      await page.keyboard.insertText(title);
      await page.keyboard.press('Enter');
      await page.keyboard.press('i');
      await page.locator('#side-panel :focus').waitFor();
      if (label !== undefined) await page.keyboard.insertText(label);
      for (const [name, value] of Object.entries(params)) {
        await tabTo(page, name);
        await typeParam(page, name, value);
      }
      if ('rho' in params) {
        await tabTo(page, 'Expose rho, to set it from outside');
        await page.keyboard.press('Enter');
      }
      await page.keyboard.press('Escape');
    }
    await connectByOutline(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('i');
    await page.locator('#side-panel :focus').waitFor();
    for (const text of [quickstart.name, quickstart.description, String(quickstart.seed)]) {
      await page.keyboard.press('Control+A');
      await page.keyboard.insertText(text);
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Control+s');
    await page.getByLabel('File in the workspace').and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('by-keyboard');
    await page.keyboard.press('Enter');
    await page.getByText('Saved', { exact: true }).waitFor();

    const drawn = parseDocument(read('by-keyboard.graph.json'));
    expect(meaningOf(drawn)).toEqual(meaningOf(quickstart));
    expect(editor.errors).toEqual([]);
    await page.close();
  });
});

async function dropNode(page: Page, type: string, index: number): Promise<void> {
  const row = page.locator(`[data-type="${type}"]`);
  const position = { x: 40 + (index % 5) * 220 + 98, y: 30 + Math.floor(index / 5) * 240 + 17 };
  await row.dragTo(page.locator('.react-flow__pane'), { targetPosition: position });
}

async function pullWire(page: Page, { from, to }: { from: string; to: string }): Promise<void> {
  const [start, end] = [await middleOf(page, from, 'source'), await middleOf(page, to, 'target')];
  await page.mouse.move(...start);
  await page.mouse.down();
  await page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2);
  await page.mouse.move(...end);
  await page.mouse.up();
}

async function middleOf(
  page: Page,
  reference: string,
  side: 'source' | 'target',
): Promise<[number, number]> {
  const [id, port] = reference.split('.');
  const handle = page.locator(
    `.react-flow__handle.${side}[data-nodeid="${id}"][data-handleid="${port}"]`,
  );
  const box = (await handle.boundingBox())!;
  return [box.x + box.width / 2, box.y + box.height / 2];
}

async function fillGraphFields(page: Page): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(quickstart.name);
  await page.getByLabel('Description').fill(quickstart.description);
  await page.getByLabel('Seed').fill(String(quickstart.seed));
}

async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.locator('[role="combobox"]:focus').waitFor();
  await page.keyboard.insertText(title);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** Tabs from the focused element to the one with this label; throws when Tab does not lead there. */
async function tabTo(page: Page, label: string): Promise<void> {
  const steps = await page.evaluate<number>(`(() => {
    const all = [...document.querySelectorAll('#side-panel :is(button, input, textarea, [tabindex])')];
    const stops = all.filter((element) => element.tabIndex >= 0 && element.checkVisibility());
    const at = stops.findIndex((element) => element.ariaLabel === ${JSON.stringify(label)});
    return at - stops.indexOf(document.activeElement);
  })()`);
  const key = steps < 0 ? 'Shift+Tab' : 'Tab';
  for (let left = Math.abs(steps); left > 0; left--) await page.keyboard.press(key);
  await page.locator(`[aria-label="${label}"]:focus`).waitFor({ timeout: 3000 });
}

/** Walks down the outline; at each node draws the wires that leave it. */
async function connectByOutline(page: Page): Promise<void> {
  await page.keyboard.press('o');
  await page.locator('[role="treeitem"]:focus').waitFor();
  await page.keyboard.press('Home');
  for (const { id } of steps) {
    const rows = page.locator('[role="treeitem"]');
    const order = await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-row')));
    for (let left = order.indexOf(id); left > 0; left--) await page.keyboard.press('ArrowDown');
    for (const { from, to } of wires.filter((wire) => wire.from.startsWith(`${id}.`))) {
      await page.keyboard.press('c');
      await page.locator(`[role="combobox"][aria-label="Wires of ${id}"]:focus`).waitFor();
      await page.keyboard.insertText(`${from} ${to}`);
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.locator('[role="treeitem"]:focus').waitFor();
    }
    await page.keyboard.press('Home');
  }
}

function format(path: string): void {
  execFileSync(process.execPath, ['apps/runner/bin/radiograph.js', 'check', path, '--format']);
}
