import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, type Editor, openEditor } from './support/open-editor.ts';
import { sweepTiny } from './support/sweep-tiny.ts';

const tiny = readFileSync(new URL('../tiny/tiny.graph.json', import.meta.url), 'utf8');
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

const view = (name: string, content: (page: Page) => Promise<unknown>): Screen => ({
  open: async (page) => {
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name }).click();
    await content(page);
  },
  part: 'main',
});

const screens: Readonly<Record<string, Screen>> = {
  'the canvas': {
    open: (page) => page.getByRole('button', { name: 'Edit', exact: true }).click(),
    part: 'body',
  },
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
  'no run yet': view('Runs', (page) => page.getByText('No run yet').waitFor()),
  'no sweep yet': view('Sweeps', (page) => page.getByText('No sweep yet').waitFor()),
  'no image yet': view('Viewer', (page) => page.getByText('No images yet').waitFor()),
  'nothing to compare': view('Compare', (page) => page.getByText('Two runs are needed').waitFor()),
};

/** Screens of a graph that has run twice, each shown after the one before. */
const ranScreens: Readonly<Record<string, Screen>> = {
  'results on nodes': {
    open: (page) => page.locator('.react-flow__node[data-id="miou"] [data-preview]').waitFor(),
    part: 'main',
  },
  'the results of a node': {
    open: async (page) => {
      await page.locator('.react-flow__node[data-id="miou"] [class*=head]').click();
      await page.getByRole('tab', { name: 'Results' }).click();
      await page.locator('#side-panel').getByRole('article').first().waitFor();
    },
    part: side,
  },
  'the artifact of a wire': {
    open: async (page) => {
      await page.locator('.react-flow__edge[data-id="cam.saliency -> pseudo.saliency"]').focus();
      await page.keyboard.press('Enter');
      await page.getByRole('article', { name: 'cam.saliency' }).getByRole('img').first().waitFor();
    },
    part: side,
  },
  'the run': {
    open: (page) => page.getByRole('button', { name: 'Run', exact: true }).last().click(),
    part: drawer,
  },
  'the runs': view('Runs', (page) => page.getByRole('img', { name: /IoU per class/ }).waitFor()),
  'the sweeps': view('Sweeps', (page) =>
    page.getByRole('region', { name: 'Differences' }).waitFor(),
  ),
  'the viewer': view('Viewer', (page) =>
    page
      .getByText(/IoU \d\.\d{3}/)
      .first()
      .waitFor(),
  ),
  'the comparison': view('Compare', (page) => page.getByText(/^No difference shown/).waitFor()),
};

/** Looked at last: its run, which becomes the newest, made nothing. */
const failure: Readonly<Record<string, Screen>> = {
  'the notice of a failure': {
    open: async (page) => {
      await runToEnd(page, tiny.replace(/"patients": \d+/, '"patients": 1'));
      await page
        .getByRole('button', { name: /^Show / })
        .first()
        .waitFor();
    },
    part: '[role="alert"]',
  },
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

  test('axe finds nothing on the screens of what ran, in either theme', async () => {
    const graphs = { 'tiny.graph.json': tiny };
    const ran = await openEditor({ graphs, firstGraph: 'tiny.graph.json' });
    for (const text of [tiny, tiny.replace('"replicates": 50', '"replicates": 60')])
      await runToEnd(ran.page, text);
    await sweepTiny(ran.workspace, ['miou.replicates=50,60']); // whose steps have all run
    await ran.page.reload();
    const found = [...(await lookAt(ran.page, ranScreens)), ...(await lookAt(ran.page, failure))];
    const { errors } = ran;
    await ran.close();

    expect(found).toEqual([]);
    expect(errors).toEqual([]);
  });
});

/** What axe finds on these screens, in both themes. */
async function lookAt(page: Page, shown: Readonly<Record<string, Screen>>): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    for (const [name, { open, part }] of Object.entries(shown)) {
      await open(page);
      for (const violation of await runAxe(page, part))
        found.push(`${colorScheme}, ${name}: ${violation}`);
    }
  }
  return found;
}

async function runAxe(page: Page, part: string): Promise<string[]> {
  await page.evaluate(`window.axe ??= (() => { ${axe}; return window.axe; })()`);
  const run = `axe.run(${JSON.stringify(part)}, { resultTypes: ['violations'] })`;
  const { violations } = await page.evaluate<AxeResults>(run);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id} ${html.slice(0, 160)} ${failureSummary}`),
  );
}

/** Runs a text of the tiny graph from inside the page, until the queue is empty. */
async function runToEnd(page: Page, text: string): Promise<void> {
  const body = JSON.stringify({ path: 'tiny.graph.json', text, only: null });
  await page.evaluate(`fetch('/api/queue', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(body)} })`);
  const left = () =>
    page.evaluate<number>(
      `fetch('/api/queue').then((reply) => reply.json()).then(({ runs }) => runs.length)`,
    );
  await expect.poll(left, { timeout: 60_000, interval: 300 }).toBe(0);
}
