import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRegistry, parseDocument, validateGraph } from '@radiograph/graph';
import { createTemporaryFolder } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { digestBytes } from '../store/files.ts';
import { testPackages } from '../testing/nodes.ts';
import { diffRuns } from './diff-runs.ts';
import { exportCrate } from './export-crate.ts';
import { readRunDetails } from './run-history.ts';
import { nodeTypesOf } from './services.ts';
import { startRun } from './start-run.ts';

async function run(home: string, value: number): Promise<string> {
  const nodes = {
    number: { type: 'test.number', version: 1, params: { value } },
    double: { type: 'test.double', version: 1, params: {} },
    picture: { type: 'test.picture', version: 1, params: {} },
  };
  const edges = [{ from: 'number.table', to: 'double.table' }];
  const text = JSON.stringify({ format: 'radiograph/1', name: 'records', nodes, edges });
  const { result } = await startRun({
    graph: validateGraph(parseDocument(text), createRegistry(nodeTypesOf(testPackages))),
    graphPath: join(home, 'g.json'),
    home,
    packages: testPackages,
    workerEntry: fileURLToPath(new URL('../testing/worker.ts', import.meta.url)),
    workerArguments: ['--import', 'tsx'],
  });
  return result.runId;
}

test('[E30] two runs differ in parameters, data, versions and outputs, not in times or in what was reused', async () => {
  const home = createTemporaryFolder();
  writeFileSync(join(home, 'picture.bin'), 'first');
  const details = async (value: number) => readRunDetails(home, await run(home, value));
  const [first, again] = [await details(1), await details(1)];
  expect(diffRuns(first, again)).toEqual([]);

  writeFileSync(join(home, 'picture.bin'), 'second');
  const other = await details(2);
  const [before, after] = [first, other].map(({ steps }) => steps);
  expect(diffRuns(first, other)).toEqual([
    { part: 'parameter', path: 'number.value', before: 1, after: 2 },
    {
      part: 'data',
      path: 'picture: picture.bin',
      before: first.manifest!.nodes.picture!.data['picture.bin'],
      after: other.manifest!.nodes.picture!.data['picture.bin'],
    },
    ...['number', 'double'].map((id) => ({
      part: 'output',
      path: `${id}.table`,
      before: before![id]!.outputs.table,
      after: after![id]!.outputs.table,
    })),
  ]);
  const manifest = { ...other.manifest!, versions: { sharp: '0.0.1' } };
  expect(diffRuns(other, { ...other, manifest })).toContainEqual({
    part: 'version',
    path: 'sharp',
    before: other.manifest!.versions.sharp,
    after: '0.0.1',
  });
});

test('[E31] a run is exported as an RO-Crate whose files are all there and described, and whose references all exist', async () => {
  const home = createTemporaryFolder();
  writeFileSync(join(home, 'picture.bin'), 'pixels');
  const runId = await run(home, 3);
  const folder = join(home, 'crate');
  const license = 'https://creativecommons.org/licenses/by/4.0/';
  const files = await exportCrate({ home, runId, folder, license });
  const text = readFileSync(join(folder, 'ro-crate-metadata.json'), 'utf8');
  const crate = JSON.parse(text) as { '@graph': Record<string, unknown>[] };
  const byId = new Map(crate['@graph'].map((entity) => [entity['@id'], entity]));

  expect(byId.get('ro-crate-metadata.json')).toMatchObject({
    conformsTo: { '@id': 'https://w3id.org/ro/crate/1.1' },
    about: { '@id': './' },
  });
  const described = crate['@graph'].filter(({ '@type': type }) => [type].flat().includes('File'));
  expect(described.map(({ '@id': id }) => id)).toEqual(files.slice(1));
  for (const { '@id': id, identifier, contentSize } of described) {
    const path = join(folder, String(id));
    expect(identifier).toBe(`sha256:${digestBytes(readFileSync(path))}`);
    expect(contentSize).toBe(String(statSync(path).size));
  }
  expect(byId.get('#run')).toMatchObject({
    '@type': 'CreateAction',
    object: [{ '@id': '#data-picture.bin' }],
    result: [
      { '@id': 'outputs/double.table.csv' },
      { '@id': 'outputs/number.table.csv' },
      { '@id': 'outputs/picture.figure.png' },
      { '@id': 'outputs/provenance.json' },
    ],
  });
  const referred = [...text.matchAll(/\{\s+"@id": "([^"]+)"\s+\}/g)].map((match) => match[1]!);
  expect(referred.filter((id) => !id.startsWith('http') && !byId.has(id))).toEqual([]);
  expect(existsSync(join(folder, 'picture.bin'))).toBe(false);
  await expect(exportCrate({ home, runId, folder })).rejects.toThrow(
    'expected a folder that is empty or does not exist',
  );
});
