import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRegistry, parseDocument, validateGraph } from '@radiograph/graph';
import { createTemporaryFolder } from '@radiograph/testing';
import { expect, test } from 'vitest';
import type { RunEvent } from '../execute/events.ts';
import { testPackages } from '../testing/nodes.ts';
import { readManifest } from './manifest.ts';
import { readRunDetails } from './run-history.ts';
import { nodeTypesOf } from './services.ts';
import { startRun } from './start-run.ts';

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

test('[E24] a manifest is written before anything runs: graph bytes, code, versions, machine, seeds, data', async () => {
  const home = createTemporaryFolder();
  writeFileSync(join(home, 'picture.bin'), 'pixels');
  const document = parseDocument(
    JSON.stringify({
      format: 'radiograph/1',
      name: 'manifest',
      seed: 17,
      nodes: {
        number: { type: 'test.number', version: 1, params: {} },
        picture: { type: 'test.picture', version: 1, params: {} },
      },
      edges: [],
    }),
  );
  let early: unknown;
  const { folder, result } = await startRun({
    graph: validateGraph(document, createRegistry(nodeTypesOf(testPackages))),
    graphPath: join(home, 'g.json'),
    home,
    packages: testPackages,
    workerEntry: fileURLToPath(new URL('../testing/worker.ts', import.meta.url)),
    workerArguments: ['--import', 'tsx'],
    onEvent: (event: RunEvent) => {
      if (event.type === 'run-started')
        early = readFileSync(join(home, 'runs', event.runId, 'manifest.json'));
    },
  });
  const manifest = await readManifest(home, result.runId);
  const { steps, manifest: shown } = await readRunDetails(home, result.runId);

  expect(early).toBeDefined();
  expect(shown).toEqual(manifest);
  const graphFile = readFileSync(join(folder, 'graph.json'));
  expect(manifest).toMatchObject({
    runId: result.runId,
    graph: { seed: 17, bytes: graphFile.length, sha256: sha256(graphFile) },
    engine: { name: 'ort', numerics: 'ort cpu float32' },
    versions: {
      'Node.js': process.versions.node,
      'onnxruntime-node': expect.stringMatching(/^\d+\.\d+/),
      sharp: expect.stringMatching(/^\d+\.\d+/),
    },
    machine: { arch: process.arch, cores: expect.any(Number) },
    packages: { test: expect.stringMatching(/^[0-9a-f]{64}$/) },
    nodes: { number: { type: 'test.number', seed: null, data: {} } },
  });
  expect(Object.keys(manifest!.nodes.picture!.data)).toEqual(['picture.bin']);
  expect(steps.number!.peakBytes).toBeGreaterThan(1e7);
});
