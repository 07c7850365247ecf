import { readFileSync } from 'node:fs';
import { describeNodeType, parseDocument } from '@radiograph/graph';
import { beforeAll, describe, expect, test } from 'vitest';
import { registry } from '../../../runner/src/registry.ts';
import { catalogStore, setCatalog } from '../catalog/catalog.ts';
import { documentStore } from '../document/document-store.ts';
import { moveWire } from './add-step.ts';
import { listMoves, nameOf } from './connect-targets.ts';

const path = new URL('../../../../examples/quickstart.graph.json', import.meta.url);
const quickstart = parseDocument(readFileSync(path, 'utf8'));
const wire = 'split.train -> expert.images';
const moves = () =>
  listMoves(quickstart, catalogStore.getState().types, wire)
    .filter(({ type }) => type === 'wire')
    .map(nameOf);

describe('moving a wire', () => {
  beforeAll(() => setCatalog(registry.list().map(describeNodeType)));

  test('offers every port that fits at either end, but not the wire itself nor one that closes a cycle', () => {
    expect(moves()).toContain('split.validation → expert.images');
    expect(moves()).toContain('split.train → mixer.strongImages');
    expect(moves()).not.toContain('split.train → expert.images');
    expect(moves()).not.toContain('expert.rest → expert.images');
  });

  test('keeps the number of wires and is refused with a reason where it does not fit', () => {
    documentStore.setState({ document: quickstart });
    expect(moveWire(wire, { from: 'split.validation', to: 'expert.images' })).toBe(undefined);
    const { edges } = documentStore.getState().document;
    expect(edges).toHaveLength(quickstart.edges.length);
    expect(edges.filter(({ to }) => to === 'expert.images')).toEqual([
      { from: 'split.validation', to: 'expert.images' },
    ]);
    expect(
      moveWire('split.validation -> expert.images', { from: 'split.train', to: 'mixer.weakMasks' }),
    ).toMatch(/takes masks/);
  });
});
