/**
 * `npm run screenshots`: the main screens of the editor, light and dark, into docs/images, from the real server and the production build.
 *
 * A screen is how to reach it from the opened quickstart. To add one, add a line.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { printDocument } from '../packages/graph/src/index.ts';
import { quickstart } from '../test/browser/support/graph-file.ts';
import { openEditor } from '../test/browser/support/open-editor.ts';

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url));

const node = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);

const press = async (page: Page, ...keys: readonly string[]) => {
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.waitForTimeout(350); // views glide
  }
};

/** Each begins where the one before ended; Escape closes what it opened. */
const screens: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  editor: async (page) => {
    await node(page, 'mixer').click();
  },
  'close-up': async (page) => {
    await press(page, 'Shift+F');
    await page.mouse.move(720, 430);
    for (let step = 0; step < 5; step++) await page.mouse.wheel(0, 60);
    await page.waitForTimeout(400);
  },
  groups: async (page) => {
    await press(page, 'Escape', 'f');
    for (const id of ['classifier', 'cam', 'pseudo'])
      await node(page, id).click({ modifiers: ['Control'] });
    await press(page, 'Control+g', 'Escape', 'f');
    await page.locator('.react-flow__node-frame input').fill('Weak labels');
    await press(page, 'Escape', 'o', 'f');
  },
  commands: (page) => press(page, 'Escape', 'Control+k'),
};

const editor = await openEditor({
  firstGraph: 'study.graph.json',
  graphs: { 'study.graph.json': printDocument(quickstart) },
  viewport: { width: 1600, height: 950 },
});
try {
  mkdirSync(folder, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await editor.openTab();
    await page.emulateMedia({ colorScheme });
    await node(page, 'montage').waitFor();
    await page.waitForTimeout(1200); // what would run is asked after opening
    for (const [name, show] of Object.entries(screens)) {
      await show(page);
      await page.waitForTimeout(500);
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
      process.stdout.write(`docs/images/${name}-${colorScheme}.png\n`);
    }
    await page.keyboard.press('Escape');
    for (let step = 0; step < 8; step++) await page.keyboard.press('Control+z');
    await page.close();
  }
} finally {
  await editor.close();
}
