import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SavedState } from '@radiograph/graph';
import { createTemporaryFolder } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { type CheckpointPace, openCheckpoint } from './checkpoints.ts';

const stateOf = (batch: number): SavedState => ({
  json: { batch, best: null, name: 'Ödem' },
  arrays: new Map([
    ['w', { shape: [1, 3], data: Float32Array.of(1.5, -0, 3e-45) }],
    ['order', { shape: [3], data: Uint16Array.of(2, 0, 1) }],
    ['none', { shape: [0], data: new Float64Array() }],
  ]),
});

function open(home: string, pace: CheckpointPace, now?: () => number) {
  const logs: string[] = [];
  const controller = new AbortController();
  const checkpoint = openCheckpoint({
    home,
    key: 'k',
    pace,
    signal: controller.signal,
    log: (message) => logs.push(message),
    ...(now === undefined ? {} : { now }),
  });
  const offers = async (count: number) => {
    let saved = 0;
    for (let i = 0; i < count; i++)
      await checkpoint.offer(() => {
        saved++;
        return stateOf(i);
      });
    return saved;
  };
  return { checkpoint, logs, offers, cancel: () => controller.abort() };
}

const eachOffer: CheckpointPace = { unit: 'offers', every: 1 };

describe('openCheckpoint', () => {
  test('[E14] a state comes back to the bit, the newest one, and is gone once removed', async () => {
    const home = createTemporaryFolder();
    const { checkpoint, offers } = open(home, eachOffer);
    expect(await checkpoint.load()).toBeUndefined();
    await offers(3);

    expect(await open(home, eachOffer).checkpoint.load()).toEqual(stateOf(2));
    expect(readdirSync(join(home, 'checkpoints'))).toEqual(['k.state']);
    await checkpoint.remove();
    expect(existsSync(join(home, 'checkpoints/k.state'))).toBe(false);
    await checkpoint.remove();
  });

  test('[E15] is saved every so many offers or seconds, and once more when the run is canceled', async () => {
    const home = createTemporaryFolder();
    expect(await open(home, { unit: 'offers', every: 4 }).offers(10)).toBe(2);
    let nowMs = 0;
    const timed = open(home, { unit: 'seconds', every: 30 }, () => {
      nowMs += 500;
      return nowMs;
    });
    expect(await timed.offers(200)).toBe(3);
    const slow = open(home, { unit: 'seconds', every: 1 }, () => {
      nowMs += 500; // saving seems to take half a second: at most a tenth of the time goes there
      return nowMs;
    });
    expect(await slow.offers(30)).toBeLessThan(4);
    const canceled = open(home, { unit: 'seconds', every: 30 });
    canceled.cancel();
    expect(await canceled.offers(1)).toBe(1);
  });

  test('[E16] a damaged or cut state is not used, and the log says so', async () => {
    const home = createTemporaryFolder();
    await open(home, eachOffer).offers(1);
    const path = join(home, 'checkpoints/k.state');
    const bytes = readFileSync(path);
    const flipped = Buffer.from(bytes);
    flipped[bytes.length - 3]! ^= 1;
    for (const damaged of [flipped, bytes.subarray(0, 40), bytes.subarray(0, 3)]) {
      writeFileSync(path, damaged);
      const { checkpoint, logs } = open(home, eachOffer);
      expect(await checkpoint.load()).toBeUndefined();
      expect(logs).toEqual([`${path}: damaged, starting anew`]);
    }
  });
});
