/** Which character separates the cells of a table: comma, semicolon, tab or pipe. */

const delimiters = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

/** For people. */
export const delimiterNames: { readonly [D in Delimiter]: string } = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'pipe',
};

const sampled = 50; // records that are looked at

/**
 * Finds the delimiter: the one that the header holds and that every record after it holds as often, else the one that the header
 * holds most. A file of one column has none; comma is as good as any.
 *
 * `comments` is how many lines before the header begin with # and are none of the table's.
 */
export function findDelimiter(text: string): {
  readonly delimiter: Delimiter;
  readonly comments: number;
} {
  const records = countDelimiters(text);
  const comments = Math.max(
    0,
    records.findIndex(({ isComment }) => !isComment),
  );
  const table = records.slice(comments);
  const header = table[0]?.counts ?? [0, 0, 0, 0];
  const scores = delimiters.map((_, d) => {
    const isSteady = table.every(({ counts }) => counts[d] === header[d]);
    return header[d]! + (header[d]! > 0 && isSteady ? 1e9 : 0);
  });
  const best = scores.indexOf(Math.max(...scores));
  // A first line of # that has as many cells as the next is a header whose first name is "#".
  const before = records[comments - 1];
  const isHeader =
    before !== undefined && header[best]! > 0 && before.counts[best] === header[best];
  return { delimiter: delimiters[best]!, comments: isHeader ? comments - 1 : comments };
}

type CountedRecord = { readonly counts: readonly number[]; readonly isComment: boolean };

/** How often each delimiter stands outside of quotes, in each of the first records that are not blank. */
function countDelimiters(text: string): CountedRecord[] {
  const records: CountedRecord[] = [];
  let counts = [0, 0, 0, 0];
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i <= text.length && records.length < sampled; i++) {
    const character = text[i];
    if (character === '"') isQuoted = !isQuoted;
    const ends = character === undefined || (character === '\n' && !isQuoted);
    if (ends && i > start) records.push({ counts, isComment: text[start] === '#' });
    if (ends) [counts, start] = [[0, 0, 0, 0], i + 1];
    const found = isQuoted ? -1 : delimiters.indexOf(character as Delimiter);
    if (found >= 0) counts[found]!++;
  }
  return records;
}
