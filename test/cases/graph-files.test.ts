/** Graph files as editors, merges and later versions leave them (test/cases/72-graphjson): each is read right, or refused at its place. */
import { join } from 'node:path';
import { checkGraph, RadiographError } from '@radiograph/graph';
import { expect, test } from 'vitest';
import { readDocument } from '../../apps/runner/src/open-graph.ts';
import { registry } from '../../apps/runner/src/registry.ts';

const folder = join(import.meta.dirname, '72-graphjson');

/** What the file says in one line, by name. */
const expected: Readonly<Record<string, RegExp>> = {
  bom: /^no problems$/,
  crlf: /^no problems$/,
  utf16: /^\S*utf16.graph.json: expected JSON, got: /,
  empty: /^\S*empty.graph.json: expected JSON, got: /,
  conflict: /^\S*conflict.graph.json: expected JSON, got: .*line 2, column 1/,
  trailing: /^\S*trailing.graph.json: expected JSON, got: /,
  dupkey: /^seed: expected the key once, got it twice in line 1$/,
  dupnode: /^nodes.load: expected the key once, got it in line 2 and in line 3$/,
  fmt: /^format: expected "radiograph\/1", got "radiograph\/2"$/,
  newer: /^nodes.load.version: expected at most 1, .*, got 2$/,
  oldparam: /^nodes.load.params: expected no key "gone"; accepted: /,
  typo: /^nodes.load.type: expected one of chexseg.phantom, .* got "chexseg.phantomm"$/,
};

async function problemsOf(name: string): Promise<string> {
  try {
    const document = await readDocument(join(folder, `${name}.graph.json`));
    const [first] = checkGraph(document, registry);
    return first === undefined ? 'no problems' : `${first.path}: ${first.message}`;
  } catch (error) {
    if (error instanceof RadiographError) return error.message;
    throw error;
  }
}

test.each(Object.keys(expected))('72-graphjson/%s.graph.json', async (name) => {
  expect(await problemsOf(name)).toMatch(expected[name]!);
});
