import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Predictions } from '@radiograph/kinds';
import { openStore, readRun } from '@radiograph/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findWebgpu, webgpuEnvironment } from '../packages/tensor/src/testing/webgpu.ts';

const bin = resolve('apps/runner/bin/radiograph.js');
const graph = resolve('test/tiny/engines.graph.json');
const home = mkdtempSync(join(tmpdir(), 'radiograph-engines-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

type Run = { readonly err: string; readonly code: number | null; readonly runId: string };

type Options = { readonly only?: string; readonly env?: Readonly<Record<string, string>> };

function runOn(engine: string, { only, env = {} }: Options = {}): Run {
  const flags = ['--engine', engine, ...(only === undefined ? [] : ['--only', only])];
  const { status, stderr } = spawnSync(process.execPath, [bin, 'run', graph, ...flags], {
    cwd: home,
    env: { ...process.env, RADIOGRAPH_HOME: home, ...env },
    encoding: 'utf8',
  });
  return { err: stderr, code: status, runId: /^run (\S+):/m.exec(stderr)?.[1] ?? '' };
}

/** Losses of the ten steps; an epoch is one step here. */
function lossesOf({ runId }: Run, node: string): number[] {
  const lines = readFileSync(join(home, 'runs', runId, 'outputs', `${node}.history.csv`), 'utf8');
  return lines
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[1]));
}

async function predictionsOf({ runId }: Run): Promise<Predictions> {
  const { steps } = await readRun(home, runId);
  const { value } = await openStore(home).get(steps.predict!.outputs.predictions!);
  return value as Predictions; // the port's kind says so
}

describe('one graph on two engines', () => {
  let ort: Run;
  let tfjs: Run;
  beforeAll(() => {
    ort = runOn('ort');
    tfjs = runOn('tfjs');
  });

  test('runs end to end on both, says which package computes, and shares no key between them', () => {
    expect([ort.code, tfjs.code]).toEqual([0, 0]);
    expect(ort.err).toContain('ONNX Runtime on the CPU');
    expect(tfjs.err).toContain('TensorFlow.js on ');
    expect(tfjs.err).toMatch(/classifier: running \(engine: "ort cpu float32" -> "tfjs /);
    expect(tfjs.err).toContain('phantom: reused');
  });

  test.each(['classifier', 'segmenter'])('losses of ten steps agree to 1e-3: %s', (node) => {
    const [expected, got] = [lossesOf(ort, node), lossesOf(tfjs, node)];

    expect(expected).toHaveLength(10);
    expect(expected.at(-1)).toBeLessThan(expected[0]!);
    for (const [i, loss] of expected.entries())
      expect(Math.abs(got[i]! - loss) / loss).toBeLessThan(1e-3);
  });

  test('masks agree on 99.9 % of pixels', async () => {
    const [expected, got] = [await predictionsOf(ort), await predictionsOf(tfjs)];
    const isIn = (values: Predictions, i: number) => values.probabilities[i]! > 0.5;
    const pixels = [...expected.probabilities.keys()];

    const foreground = pixels.filter((i) => isIn(expected, i)).length / pixels.length;
    expect(foreground).toBeGreaterThan(0.01);
    expect(foreground).toBeLessThan(0.99);
    const equal = pixels.filter((i) => isIn(expected, i) === isIn(got, i)).length;
    expect(equal / pixels.length).toBeGreaterThanOrEqual(0.999);
  });

  test('an unknown engine is a usage error that lists what there is', () => {
    const { code, err } = runOn('cuda');

    expect(code).toBe(2);
    expect(err).toContain('Allowed choices are ort, ort-webgpu, ort-cuda, tfjs');
    expect(readdirSync(join(home, 'runs'))).toHaveLength(2);
  });
});

const webgpu = await findWebgpu();

describe.skipIf(!('ort-webgpu' in webgpu))(
  'a GPU by WebGPU (needs one, or Chromium’s in software)',
  () => {
    test('trains there with the losses of the CPU to 1e-3', () => {
      const [expected, got] = [
        runOn('ort', { only: 'classifier' }),
        runOn('ort-webgpu', { only: 'classifier', env: webgpuEnvironment() }),
      ].map((run) => lossesOf(run, 'classifier')) as [number[], number[]];

      expect(got).toHaveLength(10);
      for (const [i, loss] of expected.entries())
        expect(Math.abs(got[i]! - loss) / loss).toBeLessThan(1e-3);
    });
  },
);

describe.runIf(process.platform === 'linux')('a machine without a GPU', () => {
  test('a run there ends before its first step with what the engine needs', () => {
    const { code, err } = runOn('ort-webgpu', { env: { VK_ICD_FILENAMES: '/nothing.json' } });

    expect(code).toBe(2);
    expect(err).not.toContain('phantom: running');
    expect(err.slice(err.indexOf('error: engine'))).toMatchInlineSnapshot(`
      "error: engine ort-webgpu: expected a GPU with a driver for Vulkan, Metal or Direct3D 12, got: Failed to get a WebGPU adapter: No supported adapters; \`radiograph doctor\` lists the engines that compute here
      "
    `);
  });
});
