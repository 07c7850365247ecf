import type { Scores } from '@radiograph/kinds';
import { createTemporaryFolder } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { createLocalExecutor } from '../run/local.ts';
import { startSweep } from '../run/start-sweep.ts';
import { readSweep } from '../run/sweep-record.ts';
import { chainDocument, testPlace } from '../testing/sweep.ts';
import { nameArms } from './arm-names.ts';
import { listMembers, membersOfRuns, openExperiment } from './experiment.ts';
import { compareExperiment } from './tabulate.ts';

test('[W12] a sweep is read back as arms by seed, with what differs in their graphs; so are single runs', async () => {
  const place = testPlace(createTemporaryFolder());
  const { result } = await startSweep({
    document: chainDocument(),
    request: { grids: ['arm.amount=1,9'], seeds: 2 },
    place,
    executor: createLocalExecutor({ workers: 2 }),
    command: 'test',
  });

  const read = await readSweep(place.home, 'latest');
  expect(read.result).toEqual(result);
  const members = await listMembers(place.home, result);
  const experiment = await openExperiment(members, place);
  expect(experiment.measure).toBe('score.scores');
  expect(experiment.arms.map(({ name, seeds }) => [name, seeds.map(({ seed }) => seed)])).toEqual([
    ['arm.amount=1', [5, 6]],
    ['arm.amount=9', [5, 6]],
  ]);
  const { arms, tables } = compareExperiment(experiment, { replicates: 20 });
  expect(arms.images).toHaveLength(4);
  expect(tables.changes.rows).toEqual([['arm.amount=9', 'parameter', 'arm.amount', '1', '9']]);
  expect(tables.gap).toBeUndefined();

  const runs = result.cells.slice(0, 2).map(({ runId }) => runId!);
  const single = await openExperiment(await membersOfRuns(place.home, runs), place, 'score');
  expect(single.arms.map(({ name }) => name)).toEqual(runs);
  await expect(openExperiment(members, place, 'scroe')).rejects.toThrow('score.scores');
  await expect(readSweep(place.home, 'no-such')).rejects.toThrow(
    'expected the id of a finished sweep',
  );
});

test('[W12] where one axis of words says it all, its value is the name of an arm', () => {
  const cell = (values: Record<string, string>) => ({ arm: JSON.stringify(values), values });
  const names = (...cells: Record<string, string>[]) => [...nameArms(cells.map(cell)).values()];

  expect(names({ mode: 'weak' }, { mode: 'semi' })).toEqual(['weak', 'semi']);
  expect(names({ rho: '0.5' })).toEqual(['{"rho":"0.5"}']);
  expect(names({ mode: 'weak', rho: 'x' })).toEqual(['{"mode":"weak","rho":"x"}']);
});

test('[W31] arms are set beside the human readers, image by image', () => {
  const arm = (name: string, iou: number[]) => {
    const nothing = { perClass: [], mean: null };
    const scores: Scores = {
      classes: ['Edema'],
      ids: iou.map((_, i) => `image${i}`),
      thresholds: [0.5],
      dataset: { perClass: [0.5], mean: 0.5 },
      perImage: { iou: iou.map((value) => [value]), ...nothing },
      bootstrap: { replicates: 0, ...nothing },
    };
    return { name, seeds: [{ seed: 1, scores }] };
  };
  const experiment = {
    measure: 'miou.scores',
    members: [],
    arms: [arm('weak', [0.2, 0.4]), arm('semi', [0.5, 0.7])],
    readers: arm('human readers', [0.7, 0.9]),
    changes: [],
  };

  const { gap } = compareExperiment(experiment, { replicates: 50 }).tables;
  // Every image is 0.5 below the readers' 0.8 in one arm and 0.2 in the other, so is every draw.
  const rounded = gap!.rows.map((row) =>
    row.map((value) => (typeof value === 'number' ? Number(value.toFixed(6)) : value)),
  );
  expect(gap!.columns.slice(1)).toEqual([
    ...['mIoU', 'readers', 'readers - arm', 'low', 'high'],
    ...['gap', 'gap low', 'gap high'],
  ]);
  expect(rounded).toEqual([
    ['weak', 0.3, 0.8, 0.5, 0.5, 0.5, 0.625, 0.555556, 0.714286],
    ['semi', 0.6, 0.8, 0.2, 0.2, 0.2, 0.25, 0.222222, 0.285714],
  ]);
});
