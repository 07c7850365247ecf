/** The same runs in the browser, on the command line, in the report and in LaTeX: the same digits. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeReport } from '@radiograph/sweep';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodePackages } from '../../apps/runner/src/registry.ts';
import { browserPath, type Editor, openEditor } from './support/open-editor.ts';
import { sweepTiny } from './support/sweep-tiny.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tiny = readFileSync(join(root, 'test/tiny/tiny.graph.json'), 'utf8');

/** Standard output of the command line on a workspace. */
function radiograph(workspace: string, ...args: string[]): Promise<string> {
  const bin = join(root, 'apps/runner/bin/radiograph.js');
  const env = { ...process.env, RADIOGRAPH_HOME: join(workspace, '.radiograph') };
  return new Promise((done, fail) => {
    execFile(process.execPath, [bin, ...args], { env, cwd: workspace }, (error, out) =>
      error === null ? done(out) : fail(error),
    );
  });
}

/** Numbers as printed, whatever sign of minus and whatever markup is around them. */
const digitsOf = (text: string): string[] =>
  text
    .replaceAll('−', '-')
    .replaceAll('$-$', '-')
    .match(/-?\d+\.\d+(?:e-\d+)?/g) ?? [];

describe.skipIf(browserPath === undefined)('the digits of a comparison', () => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await openEditor({
      graphs: { 'tiny.graph.json': tiny },
      firstGraph: 'tiny.graph.json',
    });
  });
  afterAll(() => editor?.close());

  test('are the same in the browser, by compare, in the report and in LaTeX', async () => {
    const { page, workspace } = editor;
    const home = join(workspace, '.radiograph');
    const result = await sweepTiny(workspace, ['mixer.rho=0.1,0.9']);
    const [first, second] = result.cells.map(({ runId }) => runId!);
    const folder = join(workspace, 'report');
    await writeReport({ home, packages: nodePackages, result, graphText: tiny, folder });

    // b - a of the mean: value, bounds, p and Holm's p (equal with one pair).
    const row = (text: string, pattern: RegExp) => digitsOf(pattern.exec(text)![1]!);
    const cli = await radiograph(workspace, 'compare', result.sweepId);
    const expected = row(cli, /mixer\.rho=0\.1 +mixer\.rho=0\.9 +mean (.*)/);
    expect(expected).toHaveLength(5);
    const single = await radiograph(workspace, 'compare', first!, second!);
    expect(row(single, new RegExp(`${first} +${second} +mean (.*)`))).toEqual(expected);
    const html = readFileSync(join(folder, 'report.html'), 'utf8');
    const cells = /<td>mixer\.rho=0\.1<\/td><td>mixer\.rho=0\.9<\/td><td>mean<\/td>(.*?)<\/tr>/;
    expect(row(html, cells)).toEqual(expected);
    const latex = readFileSync(join(folder, 'differences.tex'), 'utf8');
    expect(row(latex, /mixer\.rho=0\.1 & mixer\.rho=0\.9 & mean (.*)/)).toEqual(expected);

    await page.getByRole('button', { name: 'Sweeps', exact: true }).click();
    const pairs = page.getByRole('region', { name: 'Differences' }).locator('tbody tr');
    await pairs.first().waitFor();
    const [value, lower, upper, p] = expected;
    const shown = digitsOf(
      (await pairs.allInnerTexts()).join('\t').replaceAll(/mixer\.rho=\S+/g, ''),
    );
    // The page puts the arm with the higher mean first, so that no difference is negative.
    const turn = (text: string) => (text.startsWith('-') ? text.slice(1) : `-${text}`);
    expect(shown).toEqual(
      value!.startsWith('-')
        ? [turn(value!), turn(upper!), turn(lower!), p]
        : [value, lower, upper, p],
    );

    // The mIoU of each arm, with its interval: that of its run, wherever it is shown.
    const arms = row(cli, /mean \(mIoU\) +(.*)/);
    expect(row(readFileSync(join(folder, 'arms.tex'), 'utf8'), /mean \(mIoU\) & (.*)/)).toEqual(
      arms,
    );
    expect(digitsOf(html.slice(html.indexOf('mean (mIoU)')).split('</tr>')[0]!)).toEqual(arms);
    const runs = await radiograph(workspace, 'runs');
    const listed = [first!, second!].flatMap((id) =>
      digitsOf(
        runs
          .split('\n')
          .find((line) => line.startsWith(id))!
          .split('done')[1]!
          .replace(/^ +\S+ \S+/, ''),
      ),
    );
    expect(listed).toEqual(arms);
    const table = page.getByRole('region', { name: 'Cells' }).locator('tbody tr');
    const inPage = (await table.allInnerTexts()).flatMap((text) => digitsOf(text).slice(1));
    expect(inPage).toEqual(arms);

    await table.nth(1).getByRole('button', { name: 'Compare' }).click();
    const sentence = page.getByText(/paired difference/).first();
    const told = digitsOf((await sentence.innerText()).replaceAll('+', ''));
    expect(told).toEqual([arms[0], arms[3], value, lower, upper, p]);
    await page.getByText(/One seed: nothing is said about how much training varies/).waitFor();
    expect(editor.errors).toEqual([]);
  });
});
