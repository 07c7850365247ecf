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
