/**
 * Pictures of running and results for docs/images, from real runs of the quickstart, in both themes.
 *
 * `npx tsx scripts/run-screenshots.ts [workspace]`: without what the runs need in the workspace's store, it takes as long as two
 * quickstarts; with it, a minute. The workspace defaults to this repository.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { buildEditor } from '../apps/runner/src/server/build-editor.ts';
import { type RunningServer, startServer } from '../apps/runner/src/server/start-server.ts';
import { findBrowser } from './find-browser.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const images = join(root, 'docs/images');
const graphPath = 'examples/quickstart.graph.json';
const workspace = resolve(process.argv[2] ?? root);
const themes = ['light', 'dark'] as const;

/** Starts a graph and returns once it has ended. */
async function run({ origin, token }: RunningServer, text: string): Promise<void> {
  const headers = {
    authorization: `Bearer ${token}`,
    origin,
    'content-type': 'application/json',
  };
  const body = JSON.stringify({ path: graphPath, text, only: null });
  const reply = await fetch(`${origin}/api/queue`, { method: 'POST', headers, body });
  if (!reply.ok) throw new Error(await reply.text());
  const waits = async () => {
    const queue = await fetch(`${origin}/api/queue`, { headers });
    return ((await queue.json()) as { runs: unknown[] }).runs.length > 0;
  };
  while (await waits()) await new Promise((done) => setTimeout(done, 500));
}

type Shot = { readonly name: string; readonly show: (page: Page) => Promise<void> };

const node = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
const view = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name }).click();

const shots: readonly Shot[] = [
  {
    name: 'on-nodes',
    async show(page) {
      await node(page, 'montage').locator('img').waitFor({ state: 'attached' });
      await page.keyboard.press('[');
      await page.waitForTimeout(400);
      await page.keyboard.press('f');
      await page.waitForTimeout(600);
      await node(page, 'miou').click();
      await page.getByRole('tab', { name: 'Results' }).click();
    },
  },
  { name: 'results', show: (page) => view(page, 'Runs') },
  {
    name: 'viewer',
    async show(page) {
      await view(page, 'Viewer');
      await page.getByRole('img', { name: /^Radiograph / }).waitFor();
      await page.keyboard.press('End');
      for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowLeft');
    },
  },
  {
    name: 'compare',
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
];

async function shoot(browser: Browser, server: RunningServer): Promise<void> {
  for (const colorScheme of themes) {
    const viewport = { width: 1440, height: 900 };
    const context = await browser.newContext({ viewport, colorScheme });
    const page = await context.newPage();
    await page.goto(server.address);
    await page.waitForSelector('.react-flow');
    for (const { name, show } of shots) {
      await show(page);
      await page.waitForTimeout(2500); // thumbnails
      const png = sharp(await page.screenshot()).png({ palette: true, effort: 8 });
      await png.toFile(join(images, `${name}-${colorScheme}.png`));
      process.stdout.write(`docs/images/${name}-${colorScheme}.png\n`);
    }
    await context.close();
  }
}

mkdirSync(images, { recursive: true });
const server = await startServer({
  workspace,
  home: join(workspace, '.radiograph'),
  host: '127.0.0.1',
  port: 0,
  version: '0',
  firstGraph: graphPath,
  editorFolder: await buildEditor((line) => process.stdout.write(`${line}\n`)),
  workerEntry: join(root, 'apps/runner/bin/worker.js'),
});
const text = readFileSync(join(workspace, graphPath), 'utf8');
await run(server, text.replace('"rho": 0.9', '"rho": 0.3'));
await run(server, text);
const browser = await chromium.launch({
  executablePath: findBrowser()!,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
await shoot(browser, server);
await browser.close();
await server.close();
