import { createRegistry } from '@radiograph/graph';
import { nodeTypesOf, openServices } from '@radiograph/runtime';
import { createTemporaryFolder } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { checkCells } from '../cells/check-cells.ts';
import { listCells } from '../cells/list-cells.ts';
import { planSweep } from '../plan/plan-sweep.ts';
import { testPackages } from '../testing/nodes.ts';
import { chainDocument, testPlace } from '../testing/sweep.ts';
import { batchJobs } from './batches.ts';
import { printRequest, SlurmSettings } from './settings.ts';

async function planOf(grids: string[]) {
  const registry = createRegistry(nodeTypesOf(testPackages));
  const cells = checkCells(listCells(chainDocument(), { grids, seeds: 2 }), registry);
  const { services } = await openServices(testPlace(createTemporaryFolder()));
  return planSweep(cells, services);
}

test('[W16] jobs of one depth and one request make an array, which waits for those before it', async () => {
  const plan = await planOf(['arm.amount=1,2']);

  expect(batchJobs(plan, SlurmSettings.parse({}))).toEqual([
    { jobs: ['shared-1', 'shared-2'], request: { cpus: 1, memoryMb: 2000 }, after: [] },
    {
      jobs: ['cell-1', 'cell-2', 'cell-3', 'cell-4'],
      request: { cpus: 1, memoryMb: 2000 },
      after: [0],
    },
  ]);
});

test('[W17] a job asks for the most that its nodes ask for', async () => {
  const settings = SlurmSettings.parse({
    default: { cpus: 2 },
    nodeTypes: { 'test.draw': { gpus: 1, minutes: 30 }, 'test.score': { cpus: 4, memoryMb: 8000 } },
  });
  const [shared, own] = batchJobs(await planOf(['arm.amount=1,2']), settings);

  expect(shared!.request).toEqual({ cpus: 2, gpus: 1, minutes: 30 });
  expect(printRequest(shared!.request)).toEqual(['--cpus-per-task=2', '--gres=gpu:1', '--time=30']);
  expect(own!.request).toMatchObject({ cpus: 4, memoryMb: 8000 });
  expect(() => SlurmSettings.parse({ default: { cpu: 2 } })).toThrow('Unrecognized key');
});
