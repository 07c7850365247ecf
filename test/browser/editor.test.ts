import { execFileSync } from 'node:child_process';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from '../../scripts/find-browser.ts';

const executablePath = findBrowser();

describe.skipIf(executablePath === undefined)('the editor (needs Chrome or Chromium)', () => {
  let server: ViteDevServer;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    server = await createServer({
      root: 'apps/editor',
      configFile: 'apps/editor/vite.config.ts',
      server: { port: 0 },
      logLevel: 'error',
    });
    await server.listen();
    const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
    browser = await chromium.launch({ executablePath: executablePath!, args });
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(server.resolvedUrls!.local[0]!);
    await page.waitForSelector('article');
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const listedTypes = () =>
    page
      .locator('article')
      .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-type')));

  test('lists every node type that the command line lists, without an error in the console', async () => {
    const json = execFileSync(
      process.execPath,
      ['apps/runner/bin/radiograph.js', 'nodes', '--json'],
      { encoding: 'utf8' },
    );
    const types = (JSON.parse(json) as { type: string }[]).map(({ type }) => type);

    expect(await listedTypes()).toEqual(types);
    expect(problems).toEqual([]);
    await page.screenshot({ path: '/tmp/radiograph-editor.png', fullPage: true });
  });

  test('filters by what is typed, and says so when nothing matches', async () => {
    await page.getByRole('searchbox').fill('grad-cam');
    expect(await listedTypes()).toContain('chexseg.grad-cam');
    expect((await listedTypes()).length).toBeLessThan(8);

    await page.getByRole('searchbox').fill('no such node');
    expect(await page.getByText('No node type matches.').isVisible()).toBe(true);
    await page.getByRole('searchbox').fill('');
  });

  test('shows ports, parameters with defaults and ranges, and the manual of a node', async () => {
    const card = page.locator('article[data-type="core.label-mixer"]');
    expect(await card.innerText()).toContain('strongImages');

    await card.getByText('4 parameters').or(card.getByText('3 parameters')).click();
    const row = card.locator('tr', { hasText: 'rho' }).first();
    expect(await card.locator('table').innerText()).toContain(
      'probability that a sample is expert-labeled',
    );
    expect(await row.isVisible()).toBe(true);
    await card.getByText('Manual').click();
    expect(await card.locator('pre').innerText()).toContain('rho is a probability per SAMPLE');
  });

  test('fits a narrow window without scrolling sideways', async () => {
    await page.setViewportSize({ width: 400, height: 800 });

    const overflow = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBe(0);
    await page.screenshot({ path: '/tmp/radiograph-editor-narrow.png' });
  });
});
