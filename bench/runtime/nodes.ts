/** A graph of nodes that do nothing. */
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

/** The package; `folder` holds the code that computes it. */
export function noopPackages(folder: string): readonly NodePackage[] {
  return [{ name: 'bench', sourceFolders: [folder], nodeTypes: [noop] }];
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
