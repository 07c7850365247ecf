import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, type Editor, openEditor } from './support/open-editor.ts';
import { sweepTiny } from './support/sweep-tiny.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tiny = readFileSync(join(root, 'test/tiny/tiny.graph.json'), 'utf8');

/** Pixels of an image that has arrived, else 0. */
const widthOf = (image: Locator) =>
  image.evaluate((element) => Number(Reflect.get(element, 'naturalWidth')));

/** Mean red of a canvas, 0..255. */
function meanOfCanvas(element: unknown): number {
  const canvas = element as {
    readonly width: number;
    readonly height: number;
    readonly getContext: (type: '2d') => {
      readonly getImageData: (...box: number[]) => { readonly data: Uint8ClampedArray };
    };
  };
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += data[i]!;
  return sum / (data.length / 4);
}

/** Puts a graph into the queue from inside the page, as its buttons do. */
async function queueText(run: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await fetch('/api/queue', { method: 'POST', headers, body: JSON.stringify(run) });
}

/** A server in a process of its own, on a port and with a token that stay the same. */
async function openKillable(graphs: Readonly<Record<string, string>>) {
  const workspace = mkdtempSync(join(tmpdir(), 'radiograph-killed-'));
  for (const [path, text] of Object.entries(graphs)) writeFileSync(join(workspace, path), text);
  const token = 'x'.repeat(40);
  writeFileSync(join(workspace, 'token'), token);
  const port = await findFreePort();
  const [first = ''] = Object.keys(graphs);
  const args = [join(root, 'apps/runner/bin/radiograph.js'), 'serve', first];
  args.push('--port', String(port), '--token-file', 'token');
  let child: ChildProcess | undefined;
  return {
    async start(): Promise<string> {
      child = spawn(process.execPath, args, {
        cwd: workspace,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout!, 'data'); // the address is printed when it listens
      return `http://127.0.0.1:${port}/?token=${token}`;
    },
    async kill(): Promise<void> {
      child?.kill('SIGKILL');
      await once(child!, 'exit');
    },
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server has one
  server.close();
  await once(server, 'close');
  return port;
}

describe.skipIf(browserPath === undefined)('running (needs Chrome or Chromium)', () => {
  let editor: Editor;

  beforeAll(async () => {
    const graphs = { 'tiny.graph.json': tiny };
    editor = await openEditor({ graphs, firstGraph: 'tiny.graph.json' });
  });
  afterAll(() => editor?.close());

  const nodeAt = (id: string) => editor.page.locator(`.react-flow__node[data-id="${id}"]`);
  const runButton = () =>
    editor.page.getByRole('banner').getByRole('button', { name: 'Run', exact: true });

  test('the menu says what would run before anything is pressed', async () => {
    const { page } = editor;
    await nodeAt('split').locator('[class*=head]').click();
    await nodeAt('phantom').getByText('would run · never run').waitFor();
    await page.getByRole('button', { name: 'More ways to run' }).click();

    await page
      .getByRole('menuitem', { name: /Run everything/ })
      .getByText('10 would run')
      .waitFor();
    const toHere = page.getByRole('menuitem', { name: /Run to the selection/ });
    await toHere.getByText('2 would run, 0 reused').waitFor();
    await toHere.click();
    await nodeAt('classifier').getByText('would run · never run').waitFor();
    await nodeAt('split').getByText('reused ·').waitFor();
    await runButton().waitFor();
  });

  test('a run survives a reload in the middle and ends with every step shown as stored', async () => {
    const { page } = editor;
    await runButton().click();
    await page.getByRole('button', { name: 'Stop the run' }).waitFor();
    await nodeAt('phantom').getByText('reused').waitFor();

    await page.reload();

    await nodeAt('montage').getByText('reused ·').waitFor({ timeout: 60_000 });
    await runButton().waitFor();
    expect(editor.errors).toEqual([]);
  });

  test('the command line reuses every step of the editor’s run', () => {
    const command = [join(root, 'apps/runner/bin/radiograph.js'), 'plan', 'tiny.graph.json'];
    const plan = execFileSync(process.execPath, command, {
      cwd: editor.workspace,
      encoding: 'utf8',
    });

    expect(plan).toContain('0 to run, 10 to reuse, 0 to skip');
  });

  test('results lie below their nodes, and a wire shows the artifact that flows along it', async () => {
    const { page } = editor;
    await nodeAt('miou')
      .getByText(/^mIoU \d/)
      .waitFor({ state: 'attached' });
    await nodeAt('cam')
      .locator('[data-preview="saliency"] img')
      .first()
      .waitFor({ state: 'attached' });

    await page.locator('.react-flow__edge[data-id="cam.saliency -> pseudo.saliency"]').focus();
    await page.keyboard.press('Enter');

    const artifact = page.getByRole('article', { name: 'cam.saliency' });
    await artifact.getByText(/^\[\d+, 14, \d+, \d+\]$/).waitFor();
    await artifact.getByText('0 NaN').first().waitFor();
    const image = artifact.getByRole('img', { name: /^saliency of/ }).first();
    await expect.poll(() => widthOf(image)).toBeGreaterThan(0);
    await artifact.getByText('Edema', { exact: true }).first().click();
    await expect.poll(() => image.getAttribute('src')).toMatch(/classes=\d+&/);
    await expect.poll(() => widthOf(image)).toBeGreaterThan(0);
  });

  test('predictions have a histogram and ROC curves against the truth of the run', async () => {
    const { page } = editor;
    await page.getByRole('button', { name: 'Runs', exact: true }).click();
    await page.getByRole('tab', { name: /^tiny net/ }).click();
    const artifact = page.getByRole('article', { name: 'predict.predictions' });
    const curves = artifact.getByRole('region', { name: 'ROC curves' });
    await curves.getByRole('img', { name: 'ROC curves' }).waitFor();
    const bars = artifact.getByRole('img', { name: /^Histogram of/ }).first();
    const heights = () =>
      bars
        .locator('rect')
        .evaluateAll((all) => all.map((one) => Number(one.getAttribute('height'))));

    expect(await curves.getByText(/\(AUROC [01]\.\d{3}\)$/).count()).toBeGreaterThan(0);
    expect((await heights()).filter((height) => height > 0).length).toBeGreaterThan(3);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    expect(editor.errors).toEqual([]);
  });

  test('the history shows what a run made, and gives its graph back as one edit', async () => {
    const { page } = editor;
    await page.getByRole('button', { name: 'Runs', exact: true }).click();
    await page.getByRole('img', { name: /IoU per class/ }).waitFor();
    await page.getByRole('tab', { name: /^segmenter/ }).click();
    await page
      .getByRole('article', { name: 'segmenter.history' })
      .getByText('loss')
      .first()
      .waitFor();

    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await nodeAt('montage').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Delete');
    await expect.poll(() => nodeAt('montage').count()).toBe(0);
    await page.getByRole('button', { name: 'Runs', exact: true }).click();
    await page.getByRole('button', { name: 'Restore the graph' }).click();
    await nodeAt('montage').waitFor();
    await page.keyboard.press('Control+z');
    await expect.poll(() => nodeAt('montage').count()).toBe(0);
    await page.keyboard.press('Control+Shift+Z');
    await nodeAt('montage').waitFor();
    expect(editor.errors).toEqual([]);
  });

  test('the viewer pages by keyboard, windows by drag, zooms, and shows where masks disagree', async () => {
    const { page } = editor;
    await page.getByRole('button', { name: 'Viewer', exact: true }).click();
    const stage = page.getByRole('img', { name: /^Radiograph / });
    const first = await stage.getAttribute('aria-label');
    const brightness = () => stage.evaluate(meanOfCanvas);
    await expect.poll(brightness).toBeGreaterThan(5);
    await page
      .getByText(/IoU \d\.\d{3}/)
      .first()
      .waitFor();

    await page.keyboard.press('ArrowRight');
    await expect.poll(() => stage.getAttribute('aria-label')).not.toBe(first);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => stage.getAttribute('aria-label')).toBe(first);

    const readout = page.getByText(/^window \d+ · level \d+/);
    const level = async () => Number(/level (\d+)/.exec(await readout.innerText())?.[1]);
    const before = await level();
    const box = (await stage.boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y + 150, { steps: 4 });
    await page.mouse.up();
    await expect.poll(level).toBeGreaterThan(before + 20);
    await page.keyboard.press('r');
    await expect.poll(level).toBe(before);
    await page.mouse.wheel(0, -400);
    await page.getByText(/zoom 2\d\d %/).waitFor();
    await page.keyboard.press('d');
    await page.getByText(/^both · \d+ pixels$/).waitFor();
    expect(editor.errors).toEqual([]);
  });

  test('two runs are compared in pairs, with what differs in their graphs, and image by image', async () => {
    const { page } = editor;
    const text = tiny.replace('"replicates": 50', '"replicates": 60');
    await page.evaluate(queueText, { path: 'tiny.graph.json', text, only: null });
    await page.getByRole('button', { name: 'Compare', exact: true }).first().click();

    await page.getByText('miou.replicates').waitFor();
    await page.getByText(/^No difference shown/).waitFor();
    const images = page.getByRole('region', { name: 'Images' });
    await images
      .getByRole('button', { name: /^patient/ })
      .first()
      .click();
    const [a, b] = [
      page.getByRole('img', { name: /^a: / }),
      page.getByRole('img', { name: /^b: / }),
    ];
    await expect.poll(() => b.evaluate(meanOfCanvas)).toBeGreaterThan(5);
    const before = await b.evaluate(meanOfCanvas);
    await a.hover();
    await page.mouse.wheel(0, -600);
    await expect.poll(() => b.evaluate(meanOfCanvas)).not.toBeCloseTo(before, 0);
    await expect
      .poll(() => a.evaluate(meanOfCanvas))
      .toBeCloseTo(await b.evaluate(meanOfCanvas), 0);
    expect(editor.errors).toEqual([]);
  });

  test('the axes of a graph are run cell by cell and stand in a table by axis value', async () => {
    const document = { ...JSON.parse(tiny), name: 'axes' };
    document.variants = {
      replicates: {
        few: { set: { 'miou.replicates': 50 } },
        more: { set: { 'miou.replicates': 70 } },
      },
    };
    writeFileSync(join(editor.workspace, 'axes.graph.json'), JSON.stringify(document));
    const page = await editor.openTab();
    await page.evaluate('sessionStorage.setItem("radiograph.path", "axes.graph.json")');
    await page.reload();
    await page.getByRole('button', { name: 'axes', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Compare', exact: true }).first().click();
    await page.getByText('By axis', { exact: true }).click();
    const table = page.getByRole('region', { name: 'Runs by axis value' });
    await table.getByText('not run yet').first().waitFor();
    await table.getByRole('button', { name: /^Run \d missing/ }).click();

    const rows = table.getByRole('row');
    await expect
      .poll(() => rows.filter({ hasText: /^(few|more)0\.\d{3}/ }).count(), { timeout: 40_000 })
      .toBe(2);
    await rows
      .filter({ hasText: 'more' })
      .getByRole('button', { name: 'Compare with the first' })
      .click();
    await page.getByText('miou.replicates').waitFor();
    await page.close();
    expect(editor.errors).toEqual([]);
  });

  test('a sweep of the command line is listed and compared, and each cell opens as a whole graph', async () => {
    const page = await editor.openTab();
    await page.getByRole('button', { name: 'Sweeps', exact: true }).click();
    await page.getByText('No sweep yet').waitFor();
    await sweepTiny(editor.workspace, ['miou.replicates=50,80']);

    const list = page.getByRole('navigation', { name: 'Sweeps' });
    await list.getByText(/^done · 2 of 2 cells/).waitFor();
    await list.getByText(/highest: miou.replicates=\d+, mIoU 0\.\d{3}/).waitFor();
    await page.getByText('is not shown to be better than').waitFor();
    const differences = page.getByRole('region', { name: 'Differences' });
    await differences.getByText('[0.000, 0.000]').waitFor(); // the replicates change no score
    const cells = page.getByRole('region', { name: 'Cells' }).getByRole('row');
    const more = cells.filter({ hasText: /^80/ });
    await more.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('miou.replicates').waitFor();
    await page.getByRole('button', { name: 'Sweeps', exact: true }).click();
    await more.getByRole('button', { name: 'Graph' }).click();

    await page.getByRole('button', { name: 'tiny miou.replicates=80 seed=3' }).waitFor();
    await page
      .locator('.react-flow__node[data-id="miou"]')
      .getByText(/^mIoU \d/)
      .waitFor({ state: 'attached' });
    await page.close();
    expect(editor.errors).toEqual([]);
  });

  test('while a segmenter trains, its node shows what it sees by now, and its loss', async () => {
    const { page } = editor;
    const { nodes, ...rest } = JSON.parse(tiny) as { nodes: Record<string, { params: object }> };
    const { segmenter } = nodes;
    const longer = { ...segmenter, params: { ...segmenter!.params, epochs: 900 } };
    const text = JSON.stringify({ ...rest, nodes: { ...nodes, segmenter: longer } });
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.evaluate(queueText, { path: 'tiny.graph.json', text, only: ['segmenter'] });

    const live = nodeAt('segmenter').locator('[data-preview="live"] canvas');
    await live.first().waitFor({ state: 'attached' });
    expect(await live.first().getAttribute('aria-label')).toMatch(/ so far$/);
    await expect.poll(() => live.first().evaluate(meanOfCanvas)).toBeGreaterThan(5);
    await nodeAt('segmenter').getByRole('img', { name: 'loss so far' }).waitFor();
    await page.getByRole('button', { name: 'Stop the run' }).click();
    await nodeAt('segmenter').getByText('stopped').waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Runs', exact: true }).click();
    const newest = page
      .getByRole('navigation', { name: 'Run history' })
      .getByRole('button')
      .first();
    await newest.getByText(/^canceled in .* 1 stopped$/).waitFor();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    expect(editor.errors).toEqual([]);
  });

  test('a server that is killed in the middle of a training goes on with it when it is back', async () => {
    const long = tiny
      .replace('"name": "tiny"', '"name": "long"')
      .replace('"epochs": 1', '"epochs": 900');
    const place = await openKillable({ 'long.graph.json': long });
    const page = await editor.context.newPage();
    await page.goto(await place.start());
    const node = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
    await page.getByRole('banner').getByRole('button', { name: 'Run', exact: true }).click();
    await node('classifier')
      .getByText(/ % · .* left/)
      .waitFor({ state: 'attached' });

    await place.kill();
    await page.getByRole('button', { name: 'Run', exact: true }).last().click();
    await page.getByText('The server does not answer.').waitFor();
    await place.start();

    await page.getByText('The server does not answer.').waitFor({ state: 'detached' });
    await node('phantom').getByText('reused').waitFor({ state: 'attached' });
    await node('classifier')
      .getByText(/ % · .* left/)
      .waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Stop the run' }).click();
    await node('classifier').getByText('stopped').waitFor({ state: 'attached' });
    await page.close();
    await place.kill();
  });
});
