import { listCells } from '@radiograph/sweep';
import { expect, test } from 'vitest';
import { readDocument } from './open-graph.ts';

const ablation = 'examples/ablation/supervision.graph.json';

test('--variant and --seed give the very document of the cell that a sweep runs, so they share its steps', async () => {
  const cells = listCells(await readDocument(ablation), { seeds: 2 });
  const cell = cells.find(
    ({ arm, seed }) => arm === 'supervision=weak' && seed === cells[0]!.seed + 1,
  )!;

  const read = await readDocument(ablation, {
    variant: ['supervision=weak'],
    seed: String(cell.seed),
  });

  expect(read).toEqual(cell.document);
});

test('--set is applied after --variant', async () => {
  const { nodes } = await readDocument(ablation, {
    variant: ['supervision=semi'],
    set: ['mixer.rho=0.25'],
  });

  expect(nodes.mixer!.params.rho).toBe(0.25);
});
