import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryFolder } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { drawBarChart } from '../figures/bar-chart.ts';
import { drawLineChart } from '../figures/line-chart.ts';
import { createLocalExecutor } from '../run/local.ts';
import { startSweep } from '../run/start-sweep.ts';
import { chainDocument, testPlace } from '../testing/sweep.ts';
import { findCurveAxis } from './curve-axis.ts';
import { printCsv, printLatex } from './print-tables.ts';
import { summarizeArms } from './summary.ts';
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
    expect(summary[0]).toMatch(/^mIoU: arm\.amount=\d/);
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
    expect(printLatex(table)).toContain('\\caption{50 \\% \\& more}');
    expect(printLatex(table)).toContain('    a\\_b, "c" & 0.250 \\\\\n    x & -- \\\\\n');
    expect(printLatex(table)).toContain('\\begin{tabular}{lr}');
  });
});

describe('figures', () => {
  test('[W15] a numeric axis of three values makes a curve, per combination of the others', () => {
    const arms = ['a', 'b', 'c', 'd', 'e', 'f'];
    const values = new Map(
      arms.map((arm, i) => [arm, { mode: i < 3 ? 'x' : 'y', rho: String([0.9, 0.1, 0.5][i % 3]) }]),
    );

    expect(findCurveAxis(arms, values)).toEqual({
      name: 'rho',
      curves: [
        {
          name: 'mode=x',
          points: [
            { x: 0.1, arm: 'b' },
            { x: 0.5, arm: 'c' },
            { x: 0.9, arm: 'a' },
          ],
        },
        {
          name: 'mode=y',
          points: [
            { x: 0.1, arm: 'e' },
            { x: 0.5, arm: 'f' },
            { x: 0.9, arm: 'd' },
          ],
        },
      ],
    });
    expect(findCurveAxis(['a', 'b'], values)).toBeUndefined();
  });

  test('[W22] the best value of a numeric axis is said in words, with the difference to the values beside it', () => {
    const interval = (mean: number) => ({ mean, lower: mean - 0.01, upper: mean + 0.02 });
    const arms = [0.1, 0.5, 0.9].map((rho, i) => ({
      name: `rho=${rho}`,
      perClass: [],
      mean: interval([0.2, 0.3, 0.25][i]!),
      meanPerSeed: [],
      dataset: { perClass: [], mean: null },
    }));
    const pair = (a: number, b: number, mean: number) => ({
      a: `rho=${a}`,
      b: `rho=${b}`,
      mean: { name: 'mean', difference: interval(mean), p: 0.5, adjustedP: 0.5 },
      perClass: [],
    });
    const pairs = [pair(0.1, 0.5, 0.1), pair(0.5, 0.9, -0.05)];
    const values = new Map(arms.map(({ name }) => [name, { rho: name.slice(4) }]));
    const say = (list: typeof arms) =>
      summarizeArms({ classes: [], seeds: [1], arms: list, pairs, images: [] }, values).find(
        (line) => line.startsWith('The best'),
      );

    expect(say(arms)).toBe(
      'The best rho is 0.5: mIoU 0.300 [0.290, 0.320]; 0.100 [0.090, 0.120] over 0.1, 0.050 [0.030, 0.060] over 0.9 (95 % interval of the paired difference).',
    );
    expect(say([arms[0]!, { ...arms[1]!, mean: interval(0.1) }, arms[2]!])).toMatch(
      /^The best rho is 0\.9: .* It is an end of the axis: the best may lie beyond\.$/,
    );
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
    expect(svg).toContain('d="M64 164L696 34"');
    expect(svg).toContain('d="M64 99L696 34L696 34L64 229Z"');
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
