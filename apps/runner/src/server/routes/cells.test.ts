import { parseDocument } from '@radiograph/graph';
import { describe, expect, test } from 'vitest';
import { digestOf, listCells } from './cells.ts';

const document = parseDocument(
  JSON.stringify({
    format: 'radiograph/1',
    name: 'small',
    nodes: { phantom: { type: 'chexseg.phantom', version: 1 } },
  }),
);

describe('cells', () => {
  test('multiply over the axes', () => {
    const axes = { a: { x: {}, y: {} }, b: { u: {}, v: {} } };
    expect(listCells(axes)).toEqual([
      { a: 'x', b: 'u' },
      { a: 'x', b: 'v' },
      { a: 'y', b: 'u' },
      { a: 'y', b: 'v' },
    ]);
  });

  test('two graphs are the same when they compute the same, whatever they are called or how they are drawn', () => {
    const drawn = { ...document, name: 'other', layout: { phantom: [5, 5] as [number, number] } };
    expect(digestOf(drawn)).toBe(digestOf(document));
    expect(digestOf({ ...document, seed: 99 })).not.toBe(digestOf(document));
  });
});
