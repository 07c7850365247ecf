/** A sweep from the browser alone: started, watched, stopped, resumed, and its report taken along. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, type Editor, openEditor } from './support/open-editor.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tiny = JSON.parse(readFileSync(`${root}/test/tiny/tiny.graph.json`, 'utf8')) as object;
/** One axis of two arms. */
const variants = {
  supervision: {
    few: { set: { 'mixer.rho': 0.1 } },
    many: { set: { 'mixer.rho': 0.9 } },
  },
};

describe.skipIf(browserPath === undefined)('a sweep', () => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await openEditor({
      graphs: { 'tiny.graph.json': JSON.stringify({ ...tiny, variants }) },
      firstGraph: 'tiny.graph.json',
    });
  });
  afterAll(() => editor?.close());

  test('is planned, started, stopped, resumed and reported in the browser', async () => {
    const { page } = editor;
    await page.getByRole('button', { name: 'Sweeps', exact: true }).click();
    await page.getByRole('button', { name: 'Start a sweep' }).click();
    const dialog = page.getByRole('dialog', { name: 'Sweep tiny' });
    const plan = dialog.getByRole('status', { name: 'Plan' });
    await plan
      .getByText(/^2 cells; \d+ steps, \d+ of them different: \d+ to run, 0 in the store/)
      .waitFor();

    // What names nothing is told before anything runs; a grid is swept beside the axis.
    const grids = dialog.getByLabel('Grids of parameters');
    await grids.fill('miou.nothing=1,2');
    await plan.getByText(/miou\.nothing/).waitFor();
    expect(await dialog.getByRole('button', { name: 'Start the sweep' }).isDisabled()).toBe(true);
    await grids.fill('segmenter.epochs=2,900');
    await plan.getByText(/^4 cells; /).waitFor();
    await dialog.getByRole('button', { name: 'Start the sweep' }).click();
    await dialog.waitFor({ state: 'hidden' });

    const list = page.getByRole('navigation', { name: 'Sweeps' });
    await list.getByText(/^running · \d of 4 cells/).waitFor({ timeout: 90_000 });
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await list.getByText(/^canceled · \d of 4 cells/).waitFor({ timeout: 90_000 });
    await page.getByRole('button', { name: 'Resume' }).click();
    await list.getByText(/^running · \d of 4 cells/).waitFor({ timeout: 90_000 });
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await list
      .getByText(/^canceled · /)
      .nth(1)
      .waitFor({ timeout: 90_000 });

    await page.getByRole('button', { name: 'Start a sweep' }).click();
    await dialog.getByRole('button', { name: 'Start the sweep' }).click();
    await list.getByText(/^done · 2 of 2 cells/).waitFor({ timeout: 150_000 });
    await page.getByText(/is not shown to be better than .* \(\d images, one seed\)\./).waitFor();
    await page.getByRole('button', { name: 'Write the report' }).click();
    const link = page.getByRole('link', { name: 'Open the report' });
    const address = await link.getAttribute('href');
    const report = await page.evaluate(readText, address!);
    expect(report).toContain('mIoU by arm');
    await page.getByRole('button', { name: 'Tables and figures' }).click();
    await page.getByRole('menuitem', { name: 'differences.tex' }).waitFor();
    const opened = page.context().waitForEvent('page');
    await page.keyboard.press('Escape');
    await link.click();
    await (await opened).getByText('One seed: nothing is said').first().waitFor();
    const refused = 'status of 422'; // the plan of a grid that names nothing
    expect(editor.errors.filter((error) => !error.includes(refused))).toEqual([]);
  });
});

/** Text of an address, read inside the page. */
async function readText(address: string): Promise<string> {
  return (await fetch(address)).text();
}
