/** One suite over every engine: what a program means does not depend on who computes it. */

import { readFileSync } from 'node:fs';
import { getBackend, memory } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { EngineError } from '../errors.ts';
import type { OpName } from '../ir/op.ts';
import type { Sym } from '../ir/program.ts';
import { relu } from '../ops/elementwise.ts';
import { createPredictor } from '../predict.ts';
import { compileCase, drawFeeds, measureGradientError } from '../testing/gradient-check.ts';
import { compositeCases, opCases } from '../testing/op-cases.ts';
import { precisions, printPrecisions } from '../testing/precision.ts';
import { findWebgpu, isThorough } from '../testing/webgpu.ts';
import { type Engine, openEngine, openTfjs, probeEngine, runOnEngine } from './engine.ts';
import { findTfjsPackage, tfjsPackages } from './tfjs.ts';

const [, , wasm, cpu] = tfjsPackages;
const reference = openEngine('ort');
const gradientTolerance = precisions.sum.tolerance; // gradients and losses are sums
const webgpu = await findWebgpu();
if (!('ort-webgpu' in webgpu))
  process.stderr.write(
    'skipped: WebGPU does not compute here (apt install chromium libvulkan1 draws it in software)\n',
  );
const quick = {
  ort: reference,
  'tfjs cpu': openTfjs(cpu),
  'tfjs wasm': openTfjs(wasm),
};
const engines = { ...quick, ...webgpu };
const cases = Object.entries({ ...opCases, ...compositeCases }).flatMap(([op, check]) =>
  'length' in check
    ? check.map((single, i) => ({
        title: `${op} ${i}: ${JSON.stringify(single.shapes)}`,
        // What is made of several operations is as exact as sums are.
        tolerance: op in precisions ? precisions[op as OpName].tolerance : gradientTolerance,
        single,
      }))
    : [],
);

// A difference takes a hundred runs: too many for a GPU drawn in software, whose gradients [E1] holds to those checked here.
describe.each(Object.entries(isThorough ? engines : quick))('%s', (_, engine) => {
  test.each(cases)(
    '[T1] the gradient equals the central difference: $title',
    async ({ single }) => {
      expect(await measureGradientError(single, engine)).toBeLessThan(5e-3);
    },
  );
});

describe.each(Object.entries(engines))('%s', (_, engine) => {
  test.each(cases)(
    '[E1] values and gradients are those of every engine: $title',
    async ({ tolerance, single }) => {
      const feeds = drawFeeds(single);
      const [ours, theirs] = [
        await compileCase(single, engine),
        await compileCase(single, reference),
      ];
      const [got, expected] = [await ours.run(feeds), await theirs.run(feeds)];
      await Promise.all([ours.dispose(), theirs.dispose()]);
      for (const [name, values] of Object.entries(expected)) {
        const scale = Math.max(1, ...values.map(Math.abs));
        const error = Math.max(0, ...values.map((value, i) => Math.abs(value - got[name]![i]!)));
        expect(error / scale, name).toBeLessThanOrEqual(
          name === 'y' ? tolerance : gradientTolerance,
        );
      }
    },
  );
});

test('[E13] SPEC.md prints the tolerances that this suite holds the engines to', () => {
  const spec = readFileSync(new URL('../../SPEC.md', import.meta.url), 'utf8');

  expect(spec).toContain(printPrecisions());
});

describe('engines', () => {
  const options = {
    inputs: { x: [1, 2, 4, 4] },
    forward: ({ x }: Readonly<Record<string, Sym>>) => ({ y: relu(x!) }),
    weights: new Map(),
  };
  const feeds = { x: new Float32Array(32).fill(-1) };

  test('[E2] sessions of two backends take turns and leave no tensor behind', async () => {
    const predictors = await Promise.all(
      [cpu, wasm].map((from) => createPredictor({ ...options, engine: openTfjs(from) })),
    );
    const before = memory().numTensors;
    for (const [i, backend] of ['cpu', 'wasm', 'cpu', 'wasm'].entries()) {
      const { y } = await predictors[i % 2]!.predict(feeds);

      expect(getBackend()).toBe(backend);
      expect(y).toEqual(new Float32Array(32));
    }
    expect(memory().numTensors).toBe(before);
  });

  test('[E3] the best installed package is chosen', () => {
    const best = (...installed: string[]) =>
      findTfjsPackage((name) => installed.includes(name.replace('@tensorflow/', ''))).device;

    expect(best('tfjs-backend-cpu', 'tfjs-backend-wasm', 'tfjs-node', 'tfjs-node-gpu')).toBe('gpu');
    expect(best('tfjs-backend-cpu', 'tfjs-backend-wasm', 'tfjs-node')).toBe('cpu');
    expect(best('tfjs-backend-cpu', 'tfjs-backend-wasm')).toBe('wasm');
    expect(best('tfjs-backend-cpu')).toBe('js');
  });

  test('[E4] code inside runOnEngine computes on that engine, other code on ONNX Runtime', async () => {
    const names: string[] = [];
    const spy = (name: string): Engine => ({
      ...reference,
      createSession: (program, rest) => {
        names.push(name);
        return reference.createSession(program, rest);
      },
    });
    await runOnEngine(spy('outer'), async () => {
      await createPredictor(options);
      await createPredictor({ ...options, engine: spy('own') });
    });
    await createPredictor(options);

    expect(names).toEqual(['outer', 'own']);
  });

  test('[E14] an engine that cannot compute here says what it needs and what it got', async () => {
    const broken: Engine = {
      ...openEngine('ort-webgpu'),
      createSession: async () => {
        throw new Error(
          '/src/context.cc:136 Initialize() status == Success was false. No adapter\nat x',
        );
      },
    };

    await expect(probeEngine(broken)).rejects.toThrowError(
      new EngineError(
        'engine ort-webgpu: expected a GPU with a driver for Vulkan, Metal or Direct3D 12, got: No adapter; `radiograph doctor` lists the engines that compute here',
      ),
    );
    await expect(probeEngine(reference)).resolves.toBeUndefined();
  });

  test.skipIf(!('ort-webgpu' in webgpu))(
    '[E14] WebGPU computes here, so this suite covers it (needs a GPU, or Debian’s chromium and libvulkan1)',
    async () => {
      await expect(probeEngine(openEngine('ort-webgpu'))).resolves.toBeUndefined();
    },
  );
});
