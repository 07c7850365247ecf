import { createRegistry } from '@radiograph/graph';
import { nodeTypesOf } from '@radiograph/runtime';
import { describe, expect, test } from 'vitest';
import { testPackages } from '../testing/nodes.ts';
import { chainDocument } from '../testing/sweep.ts';
import { checkCells } from './check-cells.ts';
import { listCells } from './list-cells.ts';

const registry = createRegistry(nodeTypesOf(testPackages));
const variants = {
  amount: { one: { set: { 'arm.amount': 1 } }, two: { set: { 'arm.amount': 2 } } },
  base: { low: { set: { 'base.amount': 0 } }, high: { set: { 'base.amount': 50 } } },
};
const armsOf = (...args: Parameters<typeof listCells>) =>
  listCells(...args).map(({ arm, seed }) => `${arm} ${seed}`);

describe('listCells', () => {
  test('[W1] axes combine as a grid, seeds innermost, and a cell is a plain document', () => {
    const cells = listCells(chainDocument({ variants, sweep: { seeds: 2 } }));

    expect(cells.map(({ name }) => name)).toEqual([
      'amount=one base=low seed=5',
      'amount=one base=low seed=6',
      'amount=one base=high seed=5',
      'amount=one base=high seed=6',
      'amount=two base=low seed=5',
      'amount=two base=low seed=6',
      'amount=two base=high seed=5',
      'amount=two base=high seed=6',
    ]);
    expect(cells[3]!.document).toMatchObject({
      seed: 6,
      nodes: { base: { params: { amount: 50 } } },
    });
    expect(cells[3]!.document).not.toHaveProperty('variants');
    expect(cells[3]!.document).not.toHaveProperty('sweep');
  });

  test('[W1] a zip pairs values; a list names the cells', () => {
    const document = chainDocument({ variants });

    expect(armsOf(document, { combine: 'zip' })).toEqual([
      'amount=one base=low 5',
      'amount=two base=high 5',
    ]);
    const listed = { combine: 'list' as const, cells: [{ amount: 'two' }] };
    expect(armsOf(chainDocument({ variants, sweep: listed }))).toEqual(['amount=two 5']);
    expect(() => listCells(document, { combine: 'zip', grids: ['draw.x=1'] })).toThrow(
      'axis draw.x: expected 2 values to zip with amount, got 1',
    );
  });

  test('[W2] a grid from outside is one more axis; its values may be lists or words, and numbers ascend', () => {
    const document = chainDocument({ variants, sweep: { axes: ['amount'] } });

    expect(armsOf(document, { grids: ['arm.delayMs=1,20'], axes: ['arm.delayMs'] })).toEqual([
      'arm.delayMs=1 5',
      'arm.delayMs=20 5',
    ]);
    expect(armsOf(document, { grids: ['arm.x=[1,2],[3]'] })).toHaveLength(4);
    expect(armsOf(chainDocument(), { grids: ['arm.x=0.5,1,0.1'] })).toEqual([
      'arm.x=0.1 5',
      'arm.x=0.5 5',
      'arm.x=1 5',
    ]);
    expect(armsOf(chainDocument(), { grids: ['arm.mode=fast,slow'] })).toEqual([
      'arm.mode=fast 5',
      'arm.mode=slow 5',
    ]);
    expect(() => listCells(document, { grids: ['arm.x'] })).toThrow('expected node.param=value');
    expect(armsOf(document, { grids: ['arm.x=1,2'], axes: ['amount'] })).toHaveLength(4);
  });

  test('[W34] an axis or a grid that names nothing is an error, and so is one that nothing would sweep', () => {
    const document = chainDocument({ variants });
    const listed = { combine: 'list' as const, cells: [{ amount: 'two' }] };
    const fails = (request: Parameters<typeof listCells>[1], message: string, from = document) =>
      expect(() => listCells(from, request)).toThrow(message);

    fails({ grids: ['arms.amount=1,2'] }, '--grid arms.amount: expected one of arm.<param>');
    fails({ grids: ['__proto__.x=1'] }, '--grid __proto__.x: expected one of');
    fails({ grids: ['arm.x=1', 'arm.x=2'] }, '--grid arm.x: expected one list of values');
    fails({ axes: ['amuont'] }, 'axis amuont: expected one of amount, base');
    fails({ axes: ['constructor'] }, 'axis constructor: expected one of');
    fails({ skip: [{ toString: 'x' }] as never }, 'skip toString=x: expected one of');
    fails(
      { axes: ['base'] },
      '--axis base: expected none',
      chainDocument({ variants, sweep: listed }),
    );
    fails({ combine: 'list', grids: ['arm.x=1'] }, '--grid arm.x=1: expected none');
  });

  test('[W3] a skip rule leaves out the cells that have all its values', () => {
    const document = chainDocument({ variants, sweep: { skip: [{ amount: 'one', base: 'low' }] } });

    expect(armsOf(document, { skip: [{ base: 'high' }] })).toEqual(['amount=two base=low 5']);
    expect(() => listCells(document, { skip: [{ base: 'hihg' }] })).toThrow(
      'skip base=hihg: expected one of high, low',
    );
    expect(() => listCells(document, { skip: [{ base: 'high' }, { base: 'low' }] })).toThrow(
      'expected at least one cell, got none',
    );
  });
});

describe('checkCells', () => {
  test('[W4] every cell is proved before anything runs; a problem names the first cell that has it', () => {
    const cells = listCells(chainDocument(), { grids: ['arm.amount=1,500'], seeds: 2 });

    expect(() => checkCells(cells, registry)).toThrow(
      /^arm\.amount=500: nodes\.arm\.params\.amount: expected at most 100, got 500$/,
    );
    expect(checkCells(cells.slice(0, 2), registry)).toHaveLength(2);
  });
});
