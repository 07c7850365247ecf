import { describe, expect, test } from 'vitest';
import { diffDocuments } from './diff.ts';
import { type GraphDocument, parseDocument, printDocument } from './document.ts';
import { mergeDocuments } from './merge.ts';
import { applyVariants } from './variant.ts';

const base: GraphDocument = parseDocument(
  JSON.stringify({
    format: 'radiograph/1',
    name: 'base',
    nodes: {
      load: { type: 't.load', version: 1, params: { folder: 'x' } },
      mix: { type: 't.mix', version: 1, params: { rho: 0.5, mode: 'rho' } },
      train: { type: 't.train', version: 1, params: {} },
    },
    edges: [
      { from: 'load.images', to: 'mix.images' },
      { from: 'mix.set', to: 'train.set' },
    ],
    variants: {
      supervision: {
        full: { set: { 'mix.rho': 1 } },
        weak: {
          disable: ['mix'],
          disconnect: [{ from: 'mix.set', to: 'train.set' }],
          connect: [{ from: 'load.set', to: 'train.set' }],
        },
      },
      seed: { other: { set: { 'load.folder': 'y' } } },
    },
    layout: { load: [0, 0], mix: [100, 0] },
  }),
);

const edit = (change: (document: GraphDocument) => void): GraphDocument => {
  const copy = parseDocument(printDocument(base));
  change(copy);
  return copy;
};

describe('applyVariants', () => {
  test('[M1] gives the whole document of a cell, without variants', () => {
    const cell = applyVariants(base, { supervision: 'weak', seed: 'other' });

    expect(cell.variants).toBeUndefined();
    expect(cell.nodes.mix!.disabled).toBe(true);
    expect(cell.nodes.load!.params).toEqual({ folder: 'y' });
    expect(cell.edges).toEqual([
      { from: 'load.images', to: 'mix.images' },
      { from: 'load.set', to: 'train.set' },
    ]);
    expect(base.nodes.mix!.disabled).toBeUndefined();
    expect(parseDocument(printDocument(cell))).toEqual(cell);
  });

  test('[M2] names axes, values and wires that do exist', () => {
    expect(() => applyVariants(base, { superb: 'weak' })).toThrow(
      'variant superb: expected one of seed, supervision',
    );
    expect(() => applyVariants(base, { supervision: 'semi' })).toThrow(
      'variant supervision: expected one of weak, full, got semi',
    );
    const cut = edit((document) => {
      document.variants!.supervision!.full = {
        disconnect: [{ from: 'load.images', to: 'train.set' }],
      };
    });
    expect(() => applyVariants(cut, { supervision: 'full' })).toThrow(
      'variants.supervision.full.disconnect: expected one of ',
    );
    expect(() => applyVariants(base, { constructor: 'weak' } as never)).toThrow(
      'variant constructor: expected one of ',
    );
    expect(() => applyVariants(base, { supervision: 'toString' })).toThrow(
      'variant supervision: expected one of full, weak, got toString',
    );
    const lost = edit((document) => {
      document.variants!.supervision!.full = { set: { 'mixer.rho': 1 } };
    });
    expect(() => applyVariants(lost, { supervision: 'full' })).toThrow(
      'variants.supervision.full.set mixer.rho: expected one of mix.<param>',
    );
  });
});

test('[M3] a difference names nodes, parameters and wires, whatever their order', () => {
  const after = edit((document) => {
    document.edges.reverse();
    document.nodes.mix!.params.rho = 0.9;
    document.nodes.extra = { type: 't.load', version: 1, params: {} };
    document.nodes.load!.label = 'all';
    document.layout!.load = [5, 5];
  });

  expect(
    diffDocuments(
      base,
      edit((document) => document.edges.reverse()),
    ),
  ).toEqual([]);
  expect(diffDocuments(base, after)).toEqual([
    { part: 'node', path: 'load.label', before: undefined, after: 'all' },
    { part: 'parameter', path: 'mix.rho', before: 0.5, after: 0.9 },
    { part: 'node', path: 'extra', before: undefined, after: 't.load' },
    {
      part: 'drawing',
      path: 'layout',
      before: { load: [0, 0], mix: [100, 0] },
      after: { load: [5, 5], mix: [100, 0] },
    },
  ]);
});

describe('mergeDocuments', () => {
  test('[M4] takes what either side changed, parameter by parameter', () => {
    const ours = edit((document) => {
      document.nodes.mix!.params.rho = 0.9;
      document.layout!.mix = [200, 0];
    });
    const theirs = edit((document) => {
      document.nodes.mix!.params.mode = 'concatenate';
      document.nodes.extra = { type: 't.load', version: 1, params: {} };
      document.layout!.load = [7, 7];
    });

    const { document, conflicts } = mergeDocuments({ base, ours, theirs });

    expect(conflicts).toEqual([]);
    expect(document.nodes.mix!.params).toEqual({ rho: 0.9, mode: 'concatenate' });
    expect(Object.keys(document.nodes)).toEqual(['load', 'mix', 'train', 'extra']);
    expect(document.layout).toEqual({ load: [7, 7], mix: [200, 0] });
    expect(mergeDocuments({ base, ours, theirs: ours }).conflicts).toEqual([]);
    expect(printDocument(mergeDocuments({ base, ours, theirs: base }).document)).toBe(
      printDocument(ours),
    );
  });

  test('[M5] keeps ours and shows theirs where both changed the same thing', () => {
    const ours = edit((document) => {
      document.nodes.mix!.params.rho = 0.9;
    });
    const theirs = edit((document) => {
      document.nodes.mix!.params.rho = 0.1;
    });

    const { document, conflicts } = mergeDocuments({ base, ours, theirs });

    expect(document.nodes.mix!.params.rho).toBe(0.9);
    expect(conflicts).toEqual([{ path: 'mix.rho', ours: 0.9, theirs: 0.1 }]);
  });

  test('[M6] leaves no loose wire and does not wire one input twice', () => {
    const ours = edit((document) => {
      document.edges[1] = { from: 'load.set', to: 'train.set' };
    });
    const theirs = edit((document) => {
      delete document.nodes.mix;
      document.edges = [{ from: 'load.other', to: 'train.set' }];
    });

    const { document } = mergeDocuments({ base, ours, theirs });

    expect(document.edges).toEqual([{ from: 'load.set', to: 'train.set' }]);
    expect(Object.keys(document.nodes)).toEqual(['load', 'train']);
  });
});
