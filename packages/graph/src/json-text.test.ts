import { describe, expect, test } from 'vitest';
import { RadiographError } from './errors.ts';
import { parseJsonText } from './json-text.ts';

function explain(text: string): string {
  try {
    return `accepted as ${JSON.stringify(parseJsonText(text))}`;
  } catch (error) {
    if (error instanceof RadiographError) return error.message;
    throw error;
  }
}

describe('JSON text', () => {
  test('is read with a byte order mark and with any line ends', () => {
    expect(parseJsonText('\uFEFF{\r\n  "a": [1, null]\r\n}\r\n')).toEqual({ a: [1, null] });
  });

  test('[D3] that is broken is told by line, column, what belongs there and what came, in our own words', () => {
    const broken = [
      '',
      '{"a": 1,\n}',
      '{\r\n  oops\r\n}',
      '{"a" 1}',
      '{"a": 1 "b": 2}',
      '{"a": 1,\n "b": tru}',
      '[1, 2',
      '[1,]',
      '{"a": "two\nlines"}',
      '{"a": "\\q"}',
      '{"a": "\\u12"}',
      '{"a": 1.}',
      '{"a": 01}',
      '{"a": NaN}',
      "{'a': 1}",
      '{} more',
      '// why\n{}',
      '<<<<<<< HEAD\n{}',
      '"\t"',
      `[${'x'.repeat(60)}]`,
    ];
    const said = broken.map((text) => explain(text).replace('expected JSON, got: ', ''));
    expect(`\n${said.join('\n')}\n`).toMatchInlineSnapshot(`
      "
      the end of the text where a value belongs (line 1, column 1)
      } where a name in double quotes belongs (line 2, column 1)
      oops where a value, a name in double quotes, or one of { } [ ] , : belongs (line 2, column 3)
      1 where a colon after a name belongs (line 1, column 6)
      "b" where a comma between two members belongs (line 1, column 9)
      tru where a value belongs (line 2, column 7)
      the end of the text where ] at the end of a list belongs (line 1, column 6)
      ] where a value belongs (line 1, column 4)
      "two where a double quote at the end of a text, on the line where it began belongs (line 1, column 7)
      "\\q" where one of " \\ / b f n r t u after a backslash belongs (line 1, column 7)
      "\\u12" where four hexadecimal digits after \\u belongs (line 1, column 7)
      1. where a digit belongs (line 1, column 7)
      1 where a comma between two members belongs (line 1, column 8)
      NaN where a value belongs (line 1, column 7)
      'a' where a name in double quotes belongs (line 1, column 2)
      more where a value, a name in double quotes, or one of { } [ ] , : belongs (line 1, column 4)
      // why where a value or a name, not a comment, belongs (line 1, column 1)
      <<<<<<< where a value, a name in double quotes, or one of { } [ ] , : belongs (line 1, column 1)
      "	" where a text without control characters (a tab is \\t) belongs (line 1, column 1)
      xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx ... where a value, a name in double quotes, or one of { } [ ] , : belongs (line 1, column 2)
      "
    `);
  });

  test('that is refused is refused by us, too, wherever it was cut or changed', () => {
    const whole = '{ "a": [1, -2.5e3, "x\\u00e9"], "b": { "c": null, "d": true } }';
    for (let i = 0; i < whole.length; i++)
      for (const changed of [whole.slice(0, i), `${whole.slice(0, i)}~${whole.slice(i + 1)}`]) {
        let isJson = true;
        try {
          JSON.parse(changed);
        } catch {
          isJson = false;
        }
        if (isJson) expect(explain(changed)).toMatch(/^accepted/);
        else
          expect(explain(changed)).toMatch(
            /^expected JSON, got: .+ where .+ belongs \(line 1, column \d+\)$/,
          );
      }
  });

  test('nested deeper than the stack is refused, not a crash', () => {
    expect(explain('['.repeat(200_000))).toMatch(/^expected JSON/);
  });
});
