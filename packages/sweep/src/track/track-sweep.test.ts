import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryFolder } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { writeReport } from '../report/write-report.ts';
import { createLocalExecutor } from '../run/local.ts';
import { startSweep } from '../run/start-sweep.ts';
import { chainDocument, testPlace } from '../testing/sweep.ts';
import { trackSweep } from './track-sweep.ts';
import type { Artifact, Metric, TrackedRun, Tracker } from './tracker.ts';

/** A tracker that remembers what it was told. */
function createMemory() {
  const runs: (TrackedRun & { metrics: Metric[]; artifacts: Artifact[]; status: string })[] = [];
  const tracker: Tracker = {
    open(run) {
      const kept = { ...run, metrics: [] as Metric[], artifacts: [] as Artifact[], status: 'open' };
      runs.push(kept);
      return {
        write: (metric) => void kept.metrics.push(metric),
        attach: (artifact) => void kept.artifacts.push(artifact),
        close: (status) => {
          kept.status = status;
        },
      };
    },
    finish: async () => {},
  };
  return { runs, tracker };
}

test('[W47] every cell is a run with its values, parameters and scores; one whose steps were all reused tells the same', async () => {
  const place = testPlace(createTemporaryFolder());
  const document = chainDocument({
    variants: {
      arm: {
        'weak only': { set: { 'arm.amount': 1 } },
        'weak and full': { set: { 'arm.amount': 2 } },
      },
    },
    params: { delayMs: 20 },
  });
  const track = async () => {
    const { runs, tracker } = createMemory();
    const tracking = await trackSweep([tracker], place);
    const { result, folder } = await startSweep({
      document,
      request: {},
      place,
      executor: createLocalExecutor({ workers: 1 }),
      command: 'test',
      onPlan: tracking.begin,
      onEvent: tracking.follow,
    });
    const graphText = JSON.stringify(document);
    const report = await writeReport({
      ...place,
      result,
      graphText,
      folder: join(folder, 'report'),
    });
    await tracking.finish({ result, report });
    return { runs, report, result };
  };
  const { runs, report, result } = await track();

  const cells = runs.slice(0, 2);
  expect(cells.map(({ name, status }) => [name, status])).toEqual([
    ['arm=weak only seed=5', 'done'],
    ['arm=weak and full seed=5', 'done'],
  ]);
  expect(cells.map(({ params }) => params.arm)).toEqual(['weak only', 'weak and full']);
  expect(cells[1]!.params).toMatchObject({ seed: '5', 'arm.amount': '2', 'arm.refuse': '-1' });
  expect(cells[0]!.tags).toMatchObject({
    'radiograph.graph': 'chain',
    'radiograph.sweep': result.sweepId,
    'radiograph.graph.sha256': expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const find = (tag: string) => cells[0]!.metrics.find((metric) => metric.tag === tag)?.value;
  const { arms } = report.comparison;
  expect(find('score/mIoU')).toBe(arms[0]!.mean!.mean);
  expect(find('score/IoU/Edema')).toBe(arms[0]!.perClass[0]!.mean);
  const sweep = runs[2]!;
  expect(sweep.metrics.map(({ tag }) => tag)).toContain('mIoU_upper/weak only');
  expect(sweep.artifacts.map(({ name, bytes }) => [name, bytes])).toEqual([
    ['report.html', readFileSync(report.path)],
  ]);

  const again = await track();
  expect(again.result.steps.ran).toBe(0);
  const told = (list: typeof runs) =>
    list.slice(0, 2).map(({ name, metrics }) => [name, withoutEnd(metrics)]);
  expect(told(again.runs)).toEqual(told(runs));
});

/** The numbers of the end have the time of their own run. */
const withoutEnd = (metrics: readonly Metric[]) =>
  metrics.map(({ tag, step, value }) => ({ tag, step, value }));
