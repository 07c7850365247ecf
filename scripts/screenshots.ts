/**
 * `npm run screenshots [-- NAME...]`: every picture of docs/images, in both themes, from the real server, the production build and
 * real runs of the quickstart. NAMEs choose screens.
 *
 * The runs are kept in `.radiograph/screenshots`: the first time takes as long as two quickstarts, later times reuse every step but
 * the short training that `running` watches. To add a screen, add a line to `screens`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { buildEditor } from '../apps/runner/src/server/build-editor.ts';
import { type RunningServer, startServer } from '../apps/runner/src/server/start-server.ts';
import { type GraphDocument, printDocument } from '../packages/graph/src/index.ts';
import { quickstart } from '../test/browser/support/graph-file.ts';
import { findBrowser } from './find-browser.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const images = join(root, 'docs/images');
const workspace = join(root, '.radiograph/screenshots');
const path = 'chexseg.graph.json';

/** The quickstart with an axis whose two values are the two runs. */
const study: GraphDocument = {
  ...quickstart,
  variants: {
    supervision: {
      'mostly pseudo': { set: { 'mixer.rho': 0.3 } },
      'mostly expert': { set: { 'mixer.rho': 0.9 } },
    },
  },
};

/** The study with one parameter set. */
function set(nodeId: string, name: string, value: number): GraphDocument {
  const node = study.nodes[nodeId]!;
  const changed = { ...node, params: { ...node.params, [name]: value } };
  return { ...study, nodes: { ...study.nodes, [nodeId]: changed } };
}

type Screen = {
  readonly size?: { readonly width: number; readonly height: number };
  readonly show: (page: Page, api: Api) => Promise<unknown>;
  /** Leaves what the next screen does not expect. */
  readonly leave?: (page: Page, api: Api) => Promise<unknown>;
};

const node = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
const view = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name }).click();
const press = async (page: Page, ...keys: readonly string[]) => {
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.waitForTimeout(350); // views glide
  }
};
const wide = { width: 1600, height: 950 };

/** Each begins on the canvas of the whole graph, with nothing selected. */
const screens: Readonly<Record<string, Screen>> = {
  editor: { size: wide, show: (page) => node(page, 'mixer').click() },
  'close-up': {
    size: wide,
    async show(page) {
      await node(page, 'mixer').click();
      await press(page, 'Shift+F');
      await page.mouse.move(720, 430);
      for (let step = 0; step < 5; step++) await page.mouse.wheel(0, 60);
    },
  },
  groups: {
    size: wide,
    async show(page) {
      for (const id of ['classifier', 'cam', 'pseudo'])
        await node(page, id).click({ modifiers: ['Control'] });
      await press(page, 'Control+g', 'Escape', 'f');
      await page.locator('.react-flow__node-frame input').fill('Weak labels');
      await press(page, 'Escape', 'o', 'f');
    },
  },
  commands: { size: wide, show: (page) => press(page, 'Control+k') },
  variants: { size: wide, show: (page) => press(page, 'v') },
  'on-nodes': {
    async show(page) {
      await press(page, '[', 'f');
      await node(page, 'miou').click();
      await page.getByRole('tab', { name: 'Results' }).click();
    },
  },
  results: { show: (page) => view(page, 'Runs') },
  viewer: {
    async show(page) {
      await view(page, 'Viewer');
      await page.getByRole('img', { name: /^Radiograph / }).waitFor();
      const images = page.locator('li[id^="image-"] button');
      await images
        .filter({ hasText: /\d\.\d{3}/ })
        .last()
        .click(); // those without findings have no score
    },
  },
  compare: {
    size: { width: 1440, height: 1060 },
    async show(page) {
      await view(page, 'Compare');
      const list = page.getByRole('region', { name: 'Images' });
      await list.getByRole('button', { name: 'largest losses first' }).click();
      await list
        .getByRole('button', { name: /^patient/ })
        .first()
        .click();
    },
  },
  axes: {
    size: { width: 1440, height: 560 },
    async show(page) {
      await view(page, 'Compare');
      await page.getByText('By axis', { exact: true }).click();
      await page.getByRole('row').nth(2).waitFor();
    },
  },
  // Last: its canceled runs are the newest.
  running: {
    async show(page, api) {
      await press(page, '[');
      await api.queue(set('segmenter', 'learningRate', 0.0009 + Math.random() * 1e-4));
      await node(page, 'segmenter')
        .locator('[data-preview="live"] canvas')
        .first()
        .waitFor({ timeout: 240_000 });
      await node(page, 'segmenter').click();
      await page.getByRole('tab', { name: 'Results' }).click();
      await page.getByRole('button', { name: 'Run', exact: true }).last().click();
      await page.getByRole('button', { name: 'Fit the graph' }).click();
      await page.mouse.move(600, 80);
      await page.waitForTimeout(20_000); // a curve to look at
    },
    leave: async (page, api) => {
      await page.getByRole('button', { name: 'Stop the run' }).click();
      await api.untilIdle();
    },
  },
};

type Api = {
  readonly queue: (document: GraphDocument) => Promise<void>;
  readonly untilIdle: () => Promise<void>;
  /** Takes out what a call that was broken off left behind. */
  readonly clear: () => Promise<void>;
};

function openApi({ origin, token }: RunningServer): Api {
  const headers = { authorization: `Bearer ${token}`, origin, 'content-type': 'application/json' };
  const list = async () => {
    const reply = await fetch(`${origin}/api/queue`, { headers });
    return ((await reply.json()) as { runs: { id: string }[] }).runs.map(({ id }) => id);
  };
  return {
    async queue(document) {
      const body = JSON.stringify({ path, text: printDocument(document), only: null });
      const reply = await fetch(`${origin}/api/queue`, { method: 'POST', headers, body });
      if (!reply.ok) throw new Error(await reply.text());
    },
    async untilIdle() {
      while ((await list()).length > 0) await new Promise((done) => setTimeout(done, 300));
    },
    async clear() {
      for (const id of await list())
        await fetch(`${origin}/api/queue/${id}/cancel`, { method: 'POST', headers, body: '{}' });
    },
  };
}

async function shoot(page: Page, name: string, colorScheme: string): Promise<void> {
  await page.waitForTimeout(2000); // thumbnails, tooltips that go
  await page.evaluate(
    `document.activeElement?.closest('[role="dialog"]') || document.activeElement?.blur()`,
  );
  const png = sharp(await page.screenshot()).png({ palette: true, effort: 8 });
  await png.toFile(join(images, `${name}-${colorScheme}.png`));
  process.stdout.write(`docs/images/${name}-${colorScheme}.png\n`);
}

const wished = process.argv.slice(2);
mkdirSync(workspace, { recursive: true });
mkdirSync(images, { recursive: true });
const file = join(workspace, path);
writeFileSync(file, printDocument(study));
const server = await startServer({
  workspace,
  home: join(workspace, '.radiograph'),
  host: '127.0.0.1',
  port: 0,
  version: '0',
  firstGraph: path,
  editorFolder: await buildEditor((line) => process.stdout.write(`${line}\n`)),
  workerEntry: join(root, 'apps/runner/bin/worker.js'),
});
const api = openApi(server);
await api.clear();
await api.untilIdle();
for (const rho of [0.3, 0.9]) {
  await api.queue(set('mixer', 'rho', rho));
  await api.untilIdle();
}
const browser = await chromium.launch({
  executablePath: findBrowser()!,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  for (const [name, { size, show, leave }] of Object.entries(screens)) {
    if (wished.length > 0 && !wished.includes(name)) continue;
    for (const colorScheme of ['light', 'dark'] as const) {
      writeFileSync(file, printDocument(study)); // what the screen before drew is gone
      const viewport = size ?? { width: 1440, height: 900 };
      const context = await browser.newContext({ viewport, colorScheme });
      const page = await context.newPage();
      await page.goto(server.address);
      await node(page, 'montage').locator('img').first().waitFor({ state: 'attached' });
      await show(page, api);
      await shoot(page, name, colorScheme);
      await leave?.(page, api);
      await context.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
}
