import { parseDocument } from '@radiograph/graph';
import { expect, test } from 'vitest';
import { toFlowEdges } from './flow-edges.ts';
import { moveFlowNodes, type Scene, toFlowNodes } from './flow-nodes.ts';

const document = parseDocument(
  JSON.stringify({
    format: 'radiograph/1',
    name: 'test',
    nodes: {
      a: { type: 'test.a', version: 1 },
      b: { type: 'test.b', version: 1 },
      c: { type: 'test.c', version: 1 },
    },
    edges: [
      { from: 'a.out', to: 'b.in' },
      { from: 'b.out', to: 'c.in' },
    ],
    layout: { a: [0, 0], b: [300, 0], c: [600, 0] },
    notes: [{ id: 'n', text: 'note', at: [0, 300] }],
  }),
);
const sceneOf = (dragged: Scene['dragged'] = {}): Scene => ({
  document,
  catalog: new Map(),
  selected: new Set(),
  dragged,
});
const byId = <T extends { readonly id: string }>(list: readonly T[]) =>
  new Map(list.map((item) => [item.id, item]));

test('while a drag goes on, and at its end, looking at what moves alone gives what looking at all would', () => {
  let nodes = toFlowNodes(sceneOf(), new Map());
  const drags: Scene['dragged'][] = [
    {},
    { a: [5, 5] },
    { a: [9, 5], n: [1, 310] },
    { b: [310, 0] },
    {},
  ];
  for (const [i, dragged] of drags.entries()) {
    if (i === 0) continue;
    const moved = moveFlowNodes(sceneOf(dragged), nodes, drags[i - 1]!)!;

    expect(moved).toEqual(toFlowNodes(sceneOf(dragged), new Map()));
    const still = moved.filter(({ id }) => !(id in dragged || id in drags[i - 1]!));
    expect(still.every((node) => nodes.includes(node))).toBe(true);
    nodes = moved;
  }
});

test('frames follow their members: a graph with groups is looked at as a whole', () => {
  const grouped = { ...document, groups: [{ id: 'g', title: 'G', nodes: ['a'] }] };

  expect(moveFlowNodes({ ...sceneOf({ a: [5, 5] }), document: grouped }, [], {})).toBeUndefined();
});

test('the wires of a dragged node lie over what rests, and go back when it is dropped', () => {
  const scene = { document, catalog: new Map(), selected: new Set<string>() };
  const layersOf = (moving: ReadonlySet<string>) =>
    toFlowEdges(
      { ...scene, moving },
      byId(toFlowEdges({ ...scene, moving: new Set() }, new Map())),
    ).map(({ zIndex }) => zIndex);

  expect(layersOf(new Set(['a']))).toEqual([3, undefined]);
  expect(layersOf(new Set())).toEqual([undefined, undefined]);
});
