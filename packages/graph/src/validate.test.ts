import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { type GraphDocument, parseDocument } from './document.ts';
import { RadiographError } from './errors.ts';
import { defineNode } from './node-type.ts';
import { setParams } from './override.ts';
import { many, optional, port } from './port.ts';
import { createRegistry, describeNodeType } from './registry.ts';
import './testing/kinds.ts';
import type { TestImages } from './testing/kinds.ts';
import { checkGraph, validateGraph, validateSound } from './validate.ts';

const source = defineNode({
  type: 'test.source',
  version: 2,
  title: 'Source',
  manual: 'Makes images.',
  inputs: {},
  outputs: {
    images: port('images', 'made'),
    model: port('model', 'a classifier', { role: 'classifier' }),
  },
  params: z.strictObject({ count: z.int().min(1).max(9).default(3).describe('how many') }),
  migrate: (params, from) => (from === 1 ? { count: params.n } : { ...params }),
  run: () => Promise.reject(new Error('internal: not run in these tests')),
});
const sink = defineNode({
  type: 'test.sink',
  version: 1,
  title: 'Sink',
  manual: 'Takes images.',
  inputs: {
    images: port('images', 'all of them'),
    masks: optional('masks', 'if any'),
    segmenter: optional('model', 'the network', { role: 'segmenter' }),
    more: many('images', 'extra'),
  },
  outputs: { images: port('images', 'the same') },
  params: z.strictObject({ level: z.number().min(0).max(1).default(0.5) }),
  requires: (wired, { level }) =>
    level > 0.9 && !wired.has('masks') ? 'expected a wire into masks above level 0.9' : undefined,
  run: async ({ images, masks, more }) => {
    expectTypeOf(images).toEqualTypeOf<TestImages>();
    expectTypeOf(masks).not.toEqualTypeOf<TestImages>();
    expectTypeOf(more[0]!.value).toEqualTypeOf<TestImages>();
    return { images };
  },
});
const registry = createRegistry([source, sink]);

type Part = Partial<Record<keyof GraphDocument, unknown>>;
function documentOf(part: Part): GraphDocument {
  return parseDocument(JSON.stringify({ format: 'radiograph/1', name: 'test', ...part }));
}
function problemsOf(part: Part): string {
  return checkGraph(documentOf(part), registry)
    .map(({ path, message }) => `${path}: ${message}`)
    .join('\n');
}
const a = { type: 'test.source', version: 2 };
const b = { type: 'test.sink', version: 1 };
const wire = { from: 'a.images', to: 'b.images' };

describe('validateGraph', () => {
  test('[V1] orders nodes so that sources come first, whatever the order of the file', () => {
    const nodes = { c: b, b, a };
    const edges = [{ from: 'b.images', to: 'c.images' }, wire];

    const graph = validateGraph(documentOf({ nodes, edges }), registry);

    expect(graph.nodes.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(graph.nodes[1]).toMatchObject({
      params: { level: 0.5 },
      inputs: { images: [{ nodeId: 'a', port: 'images' }] },
    });
  });

  test('[V2] an unknown type is reported with the nearest known ones', () => {
    expect(problemsOf({ nodes: { a: { type: 'test.sorce', version: 1 } } })).toMatchInlineSnapshot(
      `"nodes.a.type: expected one of test.source, test.sink, got "test.sorce""`,
    );
  });

  test('[V3] wires to missing nodes and ports, of a wrong kind or role, or into a taken port are refused', () => {
    const edges = [
      { from: 'x.images', to: 'b.images' },
      { from: 'a.image', to: 'b.images' },
      { from: 'a.images', to: 'b.masks' },
      { from: 'a.model', to: 'b.segmenter' },
      wire,
      wire,
    ];

    expect(problemsOf({ nodes: { a, b }, edges })).toMatchInlineSnapshot(`
      "edges.0.from: expected one of a, b, got node "x"
      edges.1.from: expected an output of a: one of images, model, got "image"
      edges.2: a.images -> b.masks: expected masks (masks of tests), got images
      edges.3: a.model -> b.segmenter: expected a segmenter model, got a classifier
      edges.4: expected one wire into b.images, which x.images feeds already, got a.images as well
      edges.5: expected one wire into b.images, which x.images feeds already, got a.images as well"
    `);
  });

  test('[V4] a cycle is reported with the nodes on it', () => {
    const edges = [
      { from: 'b.images', to: 'c.images' },
      { from: 'c.images', to: 'b.images' },
    ];

    expect(problemsOf({ nodes: { b, c: b }, edges })).toMatchInlineSnapshot(
      `"edges: expected no cycle, got b -> c -> b"`,
    );
  });

  test('[V5] parameters out of range, of a wrong type or unknown, and missing inputs are all reported at once', () => {
    const nodes = {
      a: { ...a, params: { count: 10, cuont: 1 } },
      b: { ...b, params: { level: 'high' } },
      c: { ...b, params: { level: 1 } },
    };

    expect(
      problemsOf({ nodes, edges: [{ from: 'a.images', to: 'c.images' }] }),
    ).toMatchInlineSnapshot(`
      "nodes.a.params.count: expected at most 9, got 10
      nodes.a.params: expected no key "cuont"; accepted: count
      nodes.b.params.level: expected number, got "high"
      nodes.b.inputs.images: expected a wire with images (all of them), got none
      nodes.c.inputs: expected a wire into masks above level 0.9"
    `);
  });

  test('[V6] parameters saved by an older version are migrated, a newer version is refused', () => {
    const graph = validateGraph(
      documentOf({ nodes: { a: { type: 'test.source', version: 1, params: { n: 7 } } } }),
      registry,
    );

    expect(graph.nodes[0]?.params).toEqual({ count: 7 });
    expect(problemsOf({ nodes: { a: { ...a, version: 3 } } })).toMatchInlineSnapshot(
      `"nodes.a.version: expected at most 2, the version of test.source installed here, got 3"`,
    );
  });

  test('[V7] a disabled node is skipped together with what requires it, and unwired from what does not', () => {
    const nodes = { a: { ...a, disabled: true }, b, c: a, d: b };
    const edges = [wire, { from: 'c.images', to: 'd.images' }, { from: 'a.images', to: 'd.more' }];

    const graph = validateGraph(documentOf({ nodes, edges }), registry);

    expect(graph.skipped).toEqual([
      { nodeId: 'a', reason: 'disabled' },
      { nodeId: 'b', reason: 'needs a, which is disabled' },
    ]);
    expect(graph.nodes.find(({ id }) => id === 'd')?.inputs).toEqual({
      images: [{ nodeId: 'c', port: 'images' }],
      more: [],
    });
  });

  test('[V8] an exposed name or a layout entry of a missing node is reported', () => {
    expect(
      problemsOf({ nodes: { a }, expose: { n: 'x.count' }, layout: { y: [0, 0] } }),
    ).toMatchInlineSnapshot(`
      "expose.n: expected one of a, got node "x"
      layout.y: expected one of a, got node "y""
    `);
  });
});

test('[V14] variants, the sweep and exposed names that name nothing are problems of the document', () => {
  const variants = {
    count: { one: { set: { 'a.count': 1 } }, two: { set: { 'a.cuont': 2, 'aa.count': 2 } } },
    wires: {
      cut: { disconnect: [wire], disable: ['bb'] },
      other: {
        disconnect: [{ from: 'a.images', to: 'b.more' }],
        connect: [{ from: 'a.image', to: 'c.images' }],
      },
    },
  };
  const sweep = { axes: ['cuont'], cells: [{ count: 'three' }], skip: [{ wires: 'cut', x: 'y' }] };

  expect(
    problemsOf({ nodes: { a, b }, edges: [wire], variants, sweep, expose: { n: 'a.nothing' } }),
  ).toMatchInlineSnapshot(`
    "variants.count.two.set a.cuont: expected one of count, got "cuont"
    variants.count.two.set aa.count: expected one of data, n, a.<param>, b.<param>
    variants.wires.cut.disable: expected one of b, a, got "bb"
    variants.wires.other.connect a.image: expected one of images, model, got "image"
    variants.wires.other.connect: expected one of a, b, got "c"
    variants.wires.other.disconnect: expected one of a.images -> b.images, a.image -> c.images, got "a.images -> b.more"
    sweep.axes: expected one of count, wires, got "cuont"
    sweep.cells.0.count: expected one of one, two, got "three"
    sweep.skip.0: expected one of count, wires, got "x"
    expose.n a.nothing: expected one of count, got "nothing""
  `);
  expect(problemsOf({ nodes: { a, b }, edges: [wire], variants: { x: { y: { set: {} } } } })).toBe(
    '',
  );
  const older = { type: 'test.source', version: 1, params: { n: 2 } };
  const saved = { set: { 'a.n': 3 } };
  expect(problemsOf({ nodes: { a: older }, variants: { x: { y: saved } } })).toBe('');
});

describe('setParams', () => {
  const document = documentOf({ nodes: { a }, expose: { size: 'a.count' } });

  test('[V9] sets a parameter by node or by exposed name and leaves the document itself alone', () => {
    expect(setParams(document, { 'a.count': 5 }).nodes.a?.params).toEqual({ count: 5 });
    expect(setParams(document, { size: 6 }).nodes.a?.params).toEqual({ count: 6 });
    expect(document.nodes.a?.params).toEqual({});
    expect(setParams(document, { data: '/mnt' })).toEqual({ ...document, data: '/mnt' });
    expect(() => setParams(document, { data: 5 })).toThrow('--set data: expected a folder');
  });

  test('[V10] names what would be accepted for a missing node', () => {
    expect(() => setParams(document, { 'b.count': 5 })).toThrowErrorMatchingInlineSnapshot(
      `[RadiographError: --set b.count: expected one of data, size, a.<param>]`,
    );
    for (const key of ['a.count.x', 'a', 'a.', '__proto__.x', 'constructor', 'toString.name'])
      expect(() => setParams(document, { [key]: 5 })).toThrow(`--set ${key}: expected one of`);
  });
});

describe('describeNodeType', () => {
  test('[V11] gives ports, manual and a JSON Schema with ranges, defaults and help', () => {
    expect(describeNodeType(source)).toMatchObject({
      type: 'test.source',
      outputs: { images: { kind: 'images' } },
      params: {
        properties: {
          count: { type: 'integer', minimum: 1, maximum: 9, default: 3, description: 'how many' },
        },
      },
    });
  });
});

describe('a part of a graph', () => {
  // a -> b are right; c is of no known type and feeds d; e misses its input.
  const document = documentOf({
    nodes: { a, b, c: { type: 'test.gone', version: 1 }, d: b, e: b },
    edges: [wire, { from: 'c.images', to: 'd.images' }, { from: 'a.images', to: 'd.more' }],
  });
  const idsOf = ({ nodes }: { readonly nodes: readonly { readonly id: string }[] }) =>
    nodes.map(({ id }) => id);

  test('[V12] is proved for itself: problems elsewhere do not keep it from running', () => {
    const graph = validateGraph(document, registry, { only: ['b'] });

    expect(idsOf(graph)).toEqual(['a', 'b']);
    expect(graph.skipped).toEqual([
      { nodeId: 'c', reason: 'has a problem' },
      { nodeId: 'e', reason: 'has a problem' },
      { nodeId: 'd', reason: 'needs c, which has a problem' },
    ]);
    expect(() => validateGraph(document, registry)).toThrow('nodes.c.type');
  });

  test('[V12] is refused for the problems of what it needs, and for those alone', () => {
    expect(() => validateGraph(document, registry, { only: ['d'] })).toThrowError(
      new RadiographError('graph', {
        path: 'nodes.c.type',
        message: 'expected one of test.sink, test.source, got "test.gone"',
      }),
    );
    expect(() => validateGraph(document, registry, { only: ['x'] })).toThrow(
      '--only x: expected one of a, b, c, d, e',
    );
  });

  test('[V13] what is sound of a graph while it is drawn: wires that do not fit and cycles skip what is behind them', () => {
    const drawn = documentOf({
      nodes: { a, b, c: b, d: b, e: b },
      edges: [
        wire,
        { from: 'a.model', to: 'c.images' },
        { from: 'd.images', to: 'e.images' },
        { from: 'e.images', to: 'd.images' },
      ],
    });

    const graph = validateSound(drawn, registry);

    expect(idsOf(graph)).toEqual(['a', 'b']);
    expect(graph.skipped.map(({ nodeId }) => nodeId).toSorted()).toEqual(['c', 'd', 'e']);
    expect(validateSound(documentOf({ nodes: { a, b }, edges: [wire] }), registry)).toEqual(
      validateGraph(documentOf({ nodes: { a, b }, edges: [wire] }), registry),
    );
  });
});
