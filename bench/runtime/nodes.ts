/** A graph of nodes that do nothing. */
import { setImmediate } from 'node:timers/promises';
import { defineNode, optional, port } from '@radiograph/graph';
import type { NodePackage } from '@radiograph/runtime';
import { z } from 'zod';

const noop = defineNode({
  type: 'bench.noop',
  version: 1,
  title: 'No-op',
  manual: 'Passes a number on.',
  inputs: { table: optional('table', 'a number') },
  outputs: { table: port('table', 'the next one') },
  params: z.strictObject({ number: z.int().default(0) }),
  run: async (_, { number }) => ({ table: { title: 't', columns: ['n'], rows: [[number]] } }),
});

const batches = defineNode({
  type: 'bench.batches',
  version: 1,
  title: 'Batches',
  manual:
    'Computes batches of 100 ms until it is stopped; `looks`: it reports progress after each, as nodes should.',
  inputs: {},
  outputs: { table: port('table', 'never seen') },
  params: z.strictObject({ looks: z.boolean().default(true) }),
  run: async (_, { looks }, { progress }) => {
    for (let done = 1; ; done++) {
      for (const startedMs = performance.now(); performance.now() - startedMs < 100; );
      if (!looks) continue; // does not even give way
      progress({ done, total: 1000, unit: 'batch' });
      await setImmediate();
    }
  },
});

/** The package; `folder` holds the code that computes it. */
export function noopPackages(folder: string): readonly NodePackage[] {
  return [{ name: 'bench', sourceFolders: [folder], nodeTypes: [noop, batches] }];
}

/** Ten chains side by side. */
export function noopGraph(count: number): string {
  const ids = Array.from({ length: count }, (_, i) => `n${i}`);
  return JSON.stringify({
    format: 'radiograph/1',
    name: 'no-op',
    nodes: Object.fromEntries(
      ids.map((id, i) => [id, { type: 'bench.noop', version: 1, params: { number: i } }]),
    ),
    edges: ids.slice(10).map((id, i) => ({ from: `n${i}.table`, to: `${id}.table` })),
  });
}

/** One node that computes until it is stopped. */
export function batchesGraph(looks: boolean): string {
  const node = { type: 'bench.batches', version: 1, params: { looks } };
  return JSON.stringify({ format: 'radiograph/1', name: 'batches', nodes: { node }, edges: [] });
}
