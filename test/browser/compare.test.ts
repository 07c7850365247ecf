import { readFileSync } from 'node:fs';
import { type GraphDocument, parseDocument } from '@radiograph/graph';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, type Editor, openEditor } from './support/open-editor.ts';
import { runGraph } from './support/run-graph.ts';

const tinyText = readFileSync(new URL('../tiny/tiny.graph.json', import.meta.url), 'utf8');
const tiny = parseDocument(tinyText);

/** Only the experts' masks: two wires, two nodes less. */
const strong: GraphDocument = {
  ...tiny,
  name: 'strong only',
  nodes: Object.fromEntries(
    Object.entries(tiny.nodes).filter(([id]) => !['classifier', 'cam', 'pseudo'].includes(id)),
  ),
  edges: tiny.edges.filter(
    ({ from, to }) =>
      !/^(classifier|cam|pseudo)\./.test(from) && !/^(classifier|cam|pseudo|mixer\.weak)/.test(to),
  ),
};
/** Other test images. */
const other: GraphDocument = {
  ...tiny,
  name: 'other split',
  seed: 8,
};
const blank: GraphDocument = {
  ...tiny,
  name: 'no evaluator',
  nodes: { phantom: tiny.nodes.phantom! },
  edges: [],
  expose: {},
};

describe.runIf(browserPath)('comparing runs (needs Chrome or Chromium)', () => {
  let editor: Editor;
  let page: Page;
  beforeAll(async () => {
    editor = await openEditor({
      graphs: { 'tiny.graph.json': tinyText },
      firstGraph: 'tiny.graph.json',
      viewport: { width: 1024, height: 760 },
    });
    page = editor.page;
    for (const document of [tiny, strong, other, blank]) await runGraph(editor.workspace, document);
    await runGraph(editor.workspace, { ...tiny, name: 'stopped', seed: 9 }, AbortSignal.abort());
    await page.reload();
    await page
      .getByRole('navigation', { name: 'Views' })
      .getByRole('button', { name: 'Compare' })
      .click();
  });
  afterAll(() => editor?.close());

  const choose = async (side: string, name: RegExp) => {
    await page.getByRole('combobox', { name: side }).click();
    await page.getByRole('option', { name }).first().click();
  };

  test('runs whose wires differ are compared; wires and nodes are named, nothing is raw', async () => {
    await choose('a, the baseline', /^tiny · mIoU 0\.\d{3} · /);
    await choose('b, compared with it', /^strong only · mIoU 0\.\d{3} · /);

    await page
      .getByText(/(better \(one seed\)|No difference shown): a 0\.\d{3}, b 0\.\d{3}/)
      .waitFor();
    const changes = page.getByRole('region', { name: 'Graph differences' });
    expect(await changes.getByText('wire only in a').count()).toBeGreaterThan(3);
    expect(await changes.getByText('node only in a').count()).toBe(3);
    expect(await page.locator('main').innerText()).not.toMatch(
      /invalid_|Invalid input|undefined|\btrue\b/,
    );
  });

  test('images that only one run scored are left out, and said', async () => {
    await choose('b, compared with it', /^other split · /);

    const notes = page.getByRole('list', { name: 'What could not be compared' });
    await notes
      .getByText(/(Only [ab] scored \d+ of the images: not compared|No image was scored by both)/)
      .first()
      .waitFor();
    await page
      .getByRole('region', { name: 'Graph differences' })
      .getByText('seed', { exact: true })
      .waitFor();
  });

  test('a run without scores says so, and the graphs are compared all the same', async () => {
    await choose('b, compared with it', /^no evaluator · /);

    await page
      .getByText('b made no scores: it has no evaluator (as core.miou) that finished.')
      .waitFor();
    await page
      .getByRole('region', { name: 'Graph differences' })
      .getByText('node only in a')
      .first()
      .waitFor();
  });

  test('a run that was stopped can be chosen, and says how it ended', async () => {
    await choose('b, compared with it', /^stopped · canceled · /);

    await page.getByText(/^b was canceled.*What it finished is compared\./).waitFor();
    expect(editor.errors).toEqual([]);
  });
});
