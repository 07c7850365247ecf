import { createTemporaryFolder } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { deviceDocument, testPlace } from '../testing/sweep.ts';
import { fits, needOf } from './admit.ts';
import type { SweepEvent } from './events.ts';
import { createLocalExecutor } from './local.ts';
import { findDevices } from './machine.ts';
import { startSweep } from './start-sweep.ts';

const GiB = 2 ** 30;
const limits = {
  cores: 8,
  memoryBytes: 16 * GiB,
  devices: undefined,
  workers: 4,
  memoryPerWorker: 2 * GiB,
};
const cells = Array.from({ length: 12 });
const jobOf = (count: number, bytes: number | null = GiB) => ({
  cells: cells.map((_, i) => i).slice(0, count),
  shard: null,
  bytes,
  usesEngine: true,
});
const needs = (job: Parameters<typeof needOf>[0], shards = 1) =>
  needOf(job, { cells, shards }, limits);

describe('needOf', () => {
  test('[W26] a job has its share of the cores, and at least that of a worker; what never ran is expected to hold a default', () => {
    // 8 cores: all cells wait for one job, half of them for another; a worker of four has two.
    expect(needs(jobOf(12))).toEqual({ threads: 8, bytes: GiB, device: false });
    expect(needs(jobOf(6)).threads).toBe(4);
    expect(needs(jobOf(1, null))).toEqual({ threads: 2, bytes: 2 * GiB, device: false });
    expect(needs({ ...jobOf(12), shard: 0 }, 4).threads).toBe(2);
  });
});

describe('fits', () => {
  const need = { threads: 2, bytes: 4 * GiB, device: false };

  test('[W26] cores, memory and workers are never exceeded, except by a job that is alone', () => {
    expect(fits({ ...need, threads: 9, bytes: 99 * GiB }, [], limits)).toBe(true);
    expect(fits(need, [need, need, need], limits)).toBe(true);
    expect(fits(need, [need, need, need, need], limits)).toBe(false);
    expect(fits({ ...need, threads: 3 }, [need, need, need], limits)).toBe(false);
    expect(fits({ ...need, bytes: 5 * GiB }, [need, need, need], limits)).toBe(false);
  });

  test('[W27] a job that needs a device waits for a free one, and others do not', () => {
    const one = { ...limits, devices: ['0'] };
    const onDevice = { ...need, device: true };

    expect(fits(onDevice, [onDevice], one)).toBe(false);
    expect(fits(onDevice, [need], one)).toBe(true);
    expect(fits(need, [onDevice], one)).toBe(true);
  });
});

test('[W27] the devices are those that CUDA_VISIBLE_DEVICES allows, else those that the driver lists', () => {
  expect(findDevices({}, () => '0\n1\n')).toEqual(['0', '1']);
  expect(findDevices({}, () => '')).toEqual([]);
  expect(findDevices({ CUDA_VISIBLE_DEVICES: '3, GPU-8f,-1,2' }, () => '0\n')).toEqual([
    '3',
    'GPU-8f',
  ]);
  expect(findDevices({ CUDA_VISIBLE_DEVICES: '' }, () => '0\n')).toEqual([]);
});

test('[W26] [W27] three jobs on two devices: two run at once, each process with its own device and a third of the cores', async () => {
  const events: SweepEvent[] = [];
  await startSweep({
    document: deviceDocument(),
    request: { grids: ['device.turn=1,2,3'] },
    place: testPlace(createTemporaryFolder()),
    executor: createLocalExecutor({
      devices: ['0', '1'],
      machine: { cores: 6, memoryBytes: 16 * GiB, devices: undefined },
    }),
    command: 'test',
    onEvent: (event) => events.push(event),
  });

  const logs = new Map(
    events.flatMap((event) =>
      event.type === 'job-event' && event.event.type === 'step-log'
        ? [[event.job, event.event.message]]
        : [],
    ),
  );
  expect([...logs.values()].sort()).toEqual([
    expect.stringMatching('device 0, 2 threads'),
    expect.stringMatching('device [01], 2 threads'),
    expect.stringMatching('device 1, 2 threads'),
  ]);
  let [running, most] = [0, 0];
  for (const event of events) {
    if (event.type === 'job-started' && logs.has(event.job)) running++;
    if (event.type === 'job-finished' && logs.has(event.job)) running--;
    most = Math.max(most, running);
  }
  expect(most).toBe(2);
});
