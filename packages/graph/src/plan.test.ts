import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseDocument } from './document.ts';
import { dataError } from './errors.ts';
import { canonicalJson, deriveSeed, portableSha256, sha256Hex } from './fingerprint.ts';
import { defineNode } from './node-type.ts';
import { type PlanServices, planGraph, type Step, type StepRecord } from './plan.ts';
import { port } from './port.ts';
import { createRegistry } from './registry.ts';
import { validateGraph } from './validate.ts';

const unused = () => Promise.reject(new Error('internal: planning runs nothing'));
const load = defineNode({
  type: 'test.load',
  version: 1,
  title: 'Load',
  manual: 'Loads.',
  inputs: {},
  outputs: { images: port('images', 'loaded') },
  params: z.strictObject({ folder: z.string().default('data') }),
  sources: ({ folder }) => [folder],
  run: unused,
});
const blur = defineNode({
  type: 'test.blur',
  version: 1,
  title: 'Blur',
  manual: 'Blurs.',
  inputs: { images: port('images', 'sharp') },
  outputs: { images: port('images', 'blurred') },
  params: z.strictObject({ sigma: z.number().default(1) }),
  uses: ['seed', 'engine'],
  run: unused,
});

/** A store in memory: `remember` plays the executor. */
function memory(overrides: Partial<PlanServices> = {}) {
  const records: StepRecord[] = [];
  const services: PlanServices = {
    implementation: async (type) => `code of ${type}`,
    sourceDigest: async (path) => `content of ${path}`,
    listDigest: async ({ name }) => `content of ${name}`,
    lookup: async (key) => records.find((record) => record.key === key),
    history: async (type) => records.filter(({ parts }) => parts.type === type),
    numerics: 'ort cpu float32',
    ...overrides,
  };
  const remember = (step: Step, digest: string) => {
    if (step.type !== 'run' || step.key === undefined || step.parts === undefined)
      throw new Error(`cannot run ${step.nodeId}`);
    const { key, parts, nodeId } = step;
    records.push({ key, parts, nodeId, outputs: { images: digest }, seconds: 1, finishedAt: 'T1' });
  };
  return { services, remember };
}

function graphOf(sigma = 1, seed = 0) {
  const nodes = {
    load: { type: 'test.load', version: 1 },
    blur: { type: 'test.blur', version: 1, params: { sigma } },
  };
  const edges = [{ from: 'load.images', to: 'blur.images' }];
  const text = JSON.stringify({ format: 'radiograph/1', name: 'test', seed, nodes, edges });
  return validateGraph(parseDocument(text), createRegistry([load, blur]));
}

const describeSteps = (steps: readonly Step[]) =>
  steps.map((step) => `${step.nodeId} ${step.type}: ${step.reason}`);

/** A memory in which the whole graph of graphOf() has run. */
async function finished(overrides: Partial<PlanServices> = {}) {
  const store = memory(overrides);
  store.remember((await planGraph(graphOf(), store.services)).steps[0]!, 'digest 1');
  store.remember((await planGraph(graphOf(), store.services)).steps[1]!, 'digest 2');
  return store;
}

describe('planGraph', () => {
  test('[P1] what never ran runs, and what is behind it has no key yet', async () => {
    const { steps } = await planGraph(graphOf(), memory().services);

    expect(describeSteps(steps)).toEqual(['load run: never run', 'blur run: never run']);
    expect(steps[1]).toMatchObject({
      key: undefined,
      changes: ['never run', 'input from load, which runs first'],
    });
  });

  test('[P1] a node whose records were removed is not said to be new, even before its input is known', async () => {
    const { services } = memory({
      hasRun: (_, nodeId, key) => key === undefined && nodeId === 'blur',
    });

    const { steps } = await planGraph(graphOf(), services);

    const removed = 'its earlier records were removed from the store or are damaged';
    expect(describeSteps(steps)).toEqual(['load run: never run', `blur run: ${removed}`]);
    expect(steps[1]).toMatchObject({
      cause: 'artifacts',
      changes: [removed, 'input from load, which runs first'],
    });
  });

  test('[P2] what has run is reused', async () => {
    const { services } = await finished();

    expect(describeSteps((await planGraph(graphOf(), services)).steps)).toEqual([
      'load reuse: same key as T1',
      'blur reuse: same key as T1',
    ]);
  });

  test('[P3] a changed parameter re-runs its node alone and is named with both values', async () => {
    const { services } = await finished();

    expect(describeSteps((await planGraph(graphOf(2.5), services)).steps)).toEqual([
      'load reuse: same key as T1',
      'blur run: parameter sigma: 1 -> 2.5',
    ]);
  });

  test('[P4] a changed seed re-runs only nodes that use it', async () => {
    const { services } = await finished();

    const { steps } = await planGraph(graphOf(1, 9), services);

    expect(describeSteps(steps)).toEqual([
      'load reuse: same key as T1',
      `blur run: seed: ${deriveSeed(0, 'blur')} -> ${deriveSeed(9, 'blur')}`,
    ]);
  });

  test('[P5] changed files, code or engine are reasons', async () => {
    const { services } = await finished();
    const planWith = async (change: Partial<PlanServices>) =>
      describeSteps((await planGraph(graphOf(), { ...services, ...change })).steps);

    expect(await planWith({ sourceDigest: async () => 'new' })).toEqual([
      'load run: content of data changed',
      'blur run: input from load, which runs first',
    ]);
    expect((await planWith({ implementation: async () => 'new' }))[0]).toBe(
      'load run: code of test.load changed',
    );
    expect((await planWith({ numerics: 'tfjs' }))[1]).toBe(
      'blur run: engine: "ort cpu float32" -> "tfjs"',
    );
  });

  test('[P6] an input that comes out the same keeps its consumer reusable (early cut-off)', async () => {
    const store = await finished();
    const changed = { ...store.services, sourceDigest: async () => 'new' };

    store.remember((await planGraph(graphOf(), changed)).steps[0]!, 'digest 1');

    expect((await planGraph(graphOf(), changed)).steps.map(({ type }) => type)).toEqual([
      'reuse',
      'reuse',
    ]);
  });

  test('[P7] only keeps the named nodes and what they need', async () => {
    const { steps } = await planGraph(graphOf(), memory().services, { only: ['load'] });

    expect(describeSteps(steps)).toEqual(['load run: never run', 'blur skip: not needed by load']);
  });

  test('[P8] an unknown name in only is a usage error that lists the nodes', async () => {
    await expect(planGraph(graphOf(), memory().services, { only: ['blurr'] })).rejects.toThrow(
      '--only blurr: expected one of blur, load',
    );
  });
});

test('[P11] a missing source is an error with the node, or skips it with what needs it', async () => {
  const gone = () => Promise.reject(dataError('xrays', 'expected a folder, got nothing'));
  const { services } = memory({ sourceDigest: gone });

  await expect(planGraph(graphOf(), services)).rejects.toThrow(
    'load: xrays: expected a folder, got nothing',
  );
  const { steps } = await planGraph(graphOf(), services, { missing: 'skip' });
  expect(describeSteps(steps)).toEqual([
    'load skip: xrays: expected a folder, got nothing',
    'blur skip: needs load, which cannot run',
  ]);
});

describe('fingerprints', () => {
  test('[P9] canonical JSON does not depend on key order', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe(
      '{"b":[1,{"c":"x","d":null}]}',
    );
  });

  test('[P10] SHA-256 equals the published test vector (FIPS 180-4, "abc")', () => {
    for (const digest of [sha256Hex, portableSha256])
      expect(digest('abc')).toBe(
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      );
    expect(sha256Hex('\ud800 ü')).toBe(portableSha256('\ud800 ü')); // an unpaired surrogate too
  });
});
