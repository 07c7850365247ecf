import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { printCsv } from '@radiograph/kinds';
import { createTemporaryFolder } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { drawBarChart } from '../figures/bar-chart.ts';
import { drawGraph } from '../figures/graph-picture.ts';
import { drawLineChart } from '../figures/line-chart.ts';
import { drawPanels } from '../figures/panels.ts';
import { createLocalExecutor } from '../run/local.ts';
import { startSweep } from '../run/start-sweep.ts';
import { chainDocument, testPlace } from '../testing/sweep.ts';
import { printLatex } from './print-tables.ts';
import { writeReport } from './write-report.ts';

describe('writeReport', () => {
  test('[W13] a report is one file without network or scripts, and the same when the sweep runs again', async () => {
    const place = testPlace(createTemporaryFolder());
    const document = chainDocument({ sweep: { question: 'Is more <better>?' } });
    const request = { grids: ['arm.amount=1,5,9'] };
    const report = async (name: string) => {
      const executor = createLocalExecutor({ workers: 2 });
      const { result } = await startSweep({
        document,
        request,
        place,
        executor,
        command: 'sweep it',
      });
      const folder = join(place.home, name);
      const graphText = JSON.stringify(document);
      const written = await writeReport({ ...place, result, graphText, folder, replicates: 20 });
      return { ...written, folder, html: readFileSync(written.path, 'utf8') };
    };
    const { html, folder, summary } = await report('first');

    expect(html).toContain('Is more &lt;better&gt;?');
    expect(html).toContain('mIoU by arm.amount');
    expect(html).toContain('sweep it');
    expect(html).not.toMatch(/<script|src="http|href="http|url\(/);
    expect(summary[0]).toMatch(/^mIoU of single images: arm\.amount=\d/);
    expect(readdirSync(folder).sort()).toEqual(
      expect.arrayContaining(['arms.csv', 'arms.tex', 'comparison.json', 'graph.svg', 'miou.svg']),
    );
    const withoutTimes = (text: string) => text.replace(/<footer>.*<\/footer>/, '');
    expect(withoutTimes((await report('second')).html)).toBe(withoutTimes(html));
  });
});

describe('tables', () => {
  const table = {
    title: '50 % & more',
    columns: ['class', 'b - a'],
    rows: [
      ['a_b, "c"', 0.25],
      ['x', null],
    ],
  };

  test('[W14] CSV quotes what needs it and writes numbers in full', () => {
    expect(printCsv(table)).toBe('class,b - a\n"a_b, ""c""",0.25\nx,\n');
  });

  test('[W14] LaTeX escapes what it reads as commands', () => {
    const latex = printLatex(table, 'arms');
    expect(latex).toContain('\\caption{50 \\% \\& more}\n  \\label{tab:arms}');
    expect(latex).toContain('    a\\_b, "c" & 0.250 \\\\\n    x & -- \\\\\n');
    expect(latex).toContain('\\begin{tabular}{lr}');
  });
});

describe('figures', () => {
  test('[W15] many classes have a panel each on the same axes', () => {
    const curve = (y: number) => ({
      name: 'a',
      points: [
        { x: 0, y: 0 },
        { x: 1, y },
      ],
    });
    const panels = ['Edema', 'Fracture'].map((name, i) => ({ name, curves: [curve(i + 1)] }));
    const svg = drawPanels({ title: 't', xLabel: 'x', yLabel: 'y', names: ['a'], panels });

    // 2 is the top of both: the line of Edema ends in the middle of its panel.
    const ends = [...svg.matchAll(/<path d="M[\d.]+ (\d+)L[\d.]+ (\d+)"/g)].map((match) => [
      Number(match[1]),
      Number(match[2]),
    ]);
    expect(ends).toEqual([
      [186, 123],
      [186, 60],
    ]);
  });

  test('[W15] a graph is drawn in the columns and rows of its layout, long names in two lines', () => {
    const nodes = { a: { label: 'expert-labeled' }, b: {}, c: {} };
    const node = { type: 'test.add', version: 1 };
    const document = chainDocument();
    const svg = drawGraph(
      {
        ...document,
        nodes: Object.fromEntries(
          Object.entries(nodes).map(([id, own]) => [id, { ...node, params: {}, ...own }]),
        ),
        edges: [],
        layout: { a: [-500, 20], b: [900, 30], c: [905, 400] },
      },
      new Set(['b']),
    );

    const boxes = [...svg.matchAll(/<rect x="(\d+)" y="(\d+)"/g)].map(([, x, y]) => `${x} ${y}`);
    expect(boxes).toEqual(['14 14', '192 14', '192 124']);
    expect(svg).toMatch(/>expert-<.*>labeled</);
    expect(svg.match(/#fff3e8/g)).toHaveLength(1);
  });

  test('[W15] a curve has a line, a dot per measured point and a band from low to high', () => {
    const points = [
      { x: 0, y: 0.5, low: 0.25, high: 0.75 },
      { x: 1, y: 1, low: 1, high: 1 },
    ];
    const chart = { title: 'a < b', xLabel: 'x', yLabel: 'y', curves: [{ name: 'one', points }] };
    const svg = drawLineChart({ ...chart, dots: true, yDomain: [0, 1] });

    expect(svg).toContain('<title>a &lt; b</title>');
    expect(svg.match(/<circle/g)).toHaveLength(2);
    // The plot reaches from 34 to 294: 0.5 lies in its middle, and the band around it.
    expect(svg).toContain('d="M64 164L516 34"');
    expect(svg).toContain('d="M64 99L516 34L516 34L64 229Z"');
  });

  test('[W15] many groups have tilted names; a long name is broken, so that nothing is cut off', () => {
    const groups = ['Enlarged Cardiomediastinum', 'Edema', 'c', 'd', 'e', 'f'];
    const svg = drawBarChart({ title: 'bars', yLabel: 'y', groups, series: [] });

    expect(svg).toMatch(/rotate[^>]*>Enlarged<.*rotate[^>]*>Cardiomediastinum<.*>Edema</);
  });

  test('[W15] a bar has the height of its mean and whiskers to its bounds; nothing is drawn for null', () => {
    const svg = drawBarChart({
      title: 'bars',
      yLabel: 'y',
      groups: ['g', 'h'],
      series: [{ name: 's', values: [{ mean: 0.5, lower: 0.4, upper: 1 }, null] }],
    });

    expect(svg.match(/opacity="0.85"/g)).toHaveLength(1);
    expect(svg).toMatch(/y="170" width="[\d.]+" height="136"/);
  });
});
