import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, type Editor, openEditor } from './support/open-editor.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Screen = {
  /** How it is reached from the canvas with nothing selected; Escape leaves it. */
  readonly open: (page: Page) => Promise<unknown>;
  /** What it adds to the page: the rest was looked at with the canvas. */
  readonly part: string;
};

const dialog = (key: string): Screen => ({
  open: async (page) => {
    await page.keyboard.press(key);
    await page.getByRole('dialog').waitFor();
  },
  part: '[role="dialog"]',
});
const side = '[aria-label="About the selection"]';
const drawer = '[aria-label="Drawer"]';

const screens: Readonly<Record<string, Screen>> = {
  'the canvas': { open: async () => undefined, part: 'body' },
  'a selected node': {
    open: (page) => page.locator('.react-flow__node-step').nth(4).click(),
    part: side,
  },
  'several selected nodes': { open: (page) => page.keyboard.press('Control+a'), part: side },
  'a selected wire': {
    open: (page) => page.locator('.react-flow__edge').first().click({ force: true }),
    part: '.react-flow__edges',
  },
  'the outline': { open: (page) => page.keyboard.press('o'), part: drawer },
  'the problems': { open: (page) => page.keyboard.press('p'), part: drawer },
  'the commands': dialog('Control+k'),
  'the search': dialog('Control+f'),
  'the shortcuts': dialog('?'),
  'the variants': dialog('v'),
  'the files': dialog('Control+o'),
  'saving under a name': dialog('Control+Shift+S'),
  'adding a node': dialog('a'),
};

describe.skipIf(browserPath === undefined)('screens (needs Chrome or Chromium)', () => {
  let editor: Editor;

  beforeAll(async () => {
    editor = await openEditor({ firstGraph: 'examples/wingspan-heart.graph.json' });
  });
  afterAll(() => editor?.close());

  test.each(['light', 'dark'] as const)(
    'axe finds nothing on any screen (%s)',
    async (colorScheme) => {
      const { page } = editor;
      await page.emulateMedia({ colorScheme });
      const found: string[] = [];
      for (const [name, { open, part }] of Object.entries(screens)) {
        await open(page);
        found.push(...(await runAxe(page, part)).map((violation) => `${name}: ${violation}`));
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      }

      expect(found).toEqual([]);
    },
  );
});

async function runAxe(page: Page, part: string): Promise<string[]> {
  await page.evaluate(`window.axe ??= (() => { ${axe}; return window.axe; })()`);
  const run = `axe.run(${JSON.stringify(part)}, { resultTypes: ['violations'] })`;
  const { violations } = await page.evaluate<AxeResults>(run);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id} ${html.slice(0, 160)} ${failureSummary}`),
  );
}
