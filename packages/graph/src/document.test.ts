import { describe, expect, test } from 'vitest';
import { parseDocument, printDocument } from './document.ts';
import { RadiographError } from './errors.ts';

const minimal = { format: 'radiograph/1', name: 'tiny', nodes: {}, edges: [] };

function problemsOf(text: string): string {
  try {
    parseDocument(text);
  } catch (error) {
    if (error instanceof RadiographError) return error.message;
    throw error;
  }
  return 'no problem';
}

describe('parseDocument', () => {
  test('[D1] fills in what may be left out', () => {
    const document = parseDocument(
      JSON.stringify({ ...minimal, nodes: { a: { type: 't.x', version: 1 } } }),
    );

    expect(document).toMatchObject({ seed: 0, description: '', nodes: { a: { params: {} } } });
  });

  test('[D2] names every problem of shape with its path, expectation and value', () => {
    const text = JSON.stringify({
      format: 'radiograph/2',
      name: 3,
      nodes: { '1x': { type: 't.x', version: 0 } },
      edges: [{ from: 'a', to: 'b.c', color: 'red' }],
      extra: 1,
    });

    expect(problemsOf(text)).toMatchInlineSnapshot(`
      "format: expected "radiograph/1", got "radiograph/2"
      name: expected string, got 3
      nodes.1x: expected a name of a letter followed by letters, digits, "-" or "_" (constructor, toString and the like are taken), got "1x"
      edges.0.from: expected "<node>.<name>", got "a"
      edges.0: expected no key "color"
      expected no key "extra""
    `);
  });

  test('[D6] a byte order mark before the text is accepted and not written again', () => {
    const document = parseDocument(`\ufeff${JSON.stringify(minimal)}`);

    expect(document.name).toBe('tiny');
    expect(printDocument(document)).toMatch(/^{/);
    expect(problemsOf('\ufeff{ oops')).toMatch(/^expected JSON, got: .*line 1, column 3/);
    expect(problemsOf('\ufeff\ufeff{}')).toContain('expected JSON');
  });

  test('[D7] a key that an object has twice is a problem with both lines', () => {
    const lines = [
      '{ "format": "radiograph/1", "name": "a", "seed": 1, "seed": 99,',
      '  "nodes": {',
      '    "load": { "type": "t.x", "version": 1, "params": { "list": [1, { "a": 1, "\\u0061": 2 }] } },',
      '    "b": { "type": "t.x", "version": 1, "note": "\\"type\\": {" },',
      '    "load": { "type": "t.x", "version": 1 } },',
      '  "edges": [] }',
    ];

    expect(problemsOf(lines.join('\n'))).toMatchInlineSnapshot(`
      "seed: expected the key once, got it twice in line 1
      nodes.load.params.list.1.a: expected the key once, got it twice in line 3
      nodes.load: expected the key once, got it in line 3 and in line 5"
    `);
    expect(problemsOf(JSON.stringify({ ...minimal, layout: { a: [1, 1], b: [1, 1] } }))).toBe(
      'no problem',
    );
  });

  test('[D4] printing and parsing again is the identity, and the text is canonical', () => {
    const document = parseDocument(
      JSON.stringify({
        edges: [{ from: 'a.out', to: 'b.in' }],
        nodes: {
          a: { version: 1, type: 't.x', params: { n: 1 } },
          b: { type: 't.y', version: 2, note: 'why' },
        },
        name: 'tiny',
        layout: { a: [0, 1.5] },
        format: 'radiograph/1',
      }),
    );
    const text = printDocument(document);

    expect(parseDocument(text)).toEqual(document);
    expect(printDocument(parseDocument(text))).toBe(text);
    expect(text).toMatchInlineSnapshot(`
      "{
        "format": "radiograph/1",
        "name": "tiny",
        "description": "",
        "seed": 0,
        "nodes": {
          "a": {
            "type": "t.x",
            "version": 1,
            "params": { "n": 1 }
          },
          "b": {
            "type": "t.y",
            "version": 2,
            "params": {},
            "note": "why"
          }
        },
        "edges": [
          { "from": "a.out", "to": "b.in" }
        ],
        "layout": {
          "a": [0, 1.5]
        }
      }
      "
    `);
  });

  test.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty'])(
    '[D5] refuses %s as the name of a node or port, and accepts longer names',
    (taken) => {
      const split = { type: 'core.split', version: 1 };
      const write = (id: string, port: string) =>
        JSON.stringify({
          format: 'radiograph/1',
          name: '',
          nodes: { [id]: split },
          edges: [{ from: `${id}.${port}`, to: `b.${port}` }],
        });

      expect(() => parseDocument(write(taken, 'x'))).toThrow(/constructor, toString/);
      expect(() => parseDocument(write('a', taken))).toThrow(/expected/);
      expect(Object.keys(parseDocument(write(`${taken}2`, `${taken}-b`)).nodes)).toEqual([
        `${taken}2`,
      ]);
    },
  );
});
