import { listCells } from '@radiograph/sweep';
import { expect, test } from 'vitest';
import { openGraph, readDocument } from './open-graph.ts';

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

test('--set that names nothing is an error, also for a part that does not need its node', async () => {
  const of = (set: string) => openGraph(ablation, { set: [set], only: ['phantom'] });

  await expect(of('mixer.rhoo=0.5')).rejects.toThrow(
    'nodes.mixer.params: expected no key "rhoo"; accepted: ',
  );
  await expect(of('mixer.rho.x=0.5')).rejects.toThrow('--set mixer.rho.x: expected one of');
  await expect(of('mixr.rho=0.5')).rejects.toThrow(
    '--set mixr.rho: expected one of rho, mixer.<param>, ',
  );
  expect((await of('mixer.rho=0.5')).only).toEqual(['phantom']);
});
