/** Keys that an object of a JSON text has twice: `JSON.parse` keeps the last one and says nothing. */
import { createScanner } from 'jsonc-parser';
import type { Problem } from './errors.ts';

/** An object that is being read, or a list, which has no keys. */
type Level = {
  readonly keys: Map<string, number> | undefined;
  /** Of the key, or the number of the entry, that is being read. */
  place: string | number;
  expectsKey: boolean;
};

/** The library's numbers of tokens; its own names for them are an ambient enum, which is gone when the code runs. */
const tokens = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  text: 10,
  end: 17,
};

/** What a token opens, ends or passes; other tokens are values, which hold no keys. */
const steps: Readonly<Record<number, (levels: Level[]) => void>> = {
  [tokens.openBrace]: (levels) => {
    levels.push({ keys: new Map(), place: '', expectsKey: true });
  },
  [tokens.openBracket]: (levels) => {
    levels.push({ keys: undefined, place: 0, expectsKey: false });
  },
  [tokens.closeBrace]: (levels) => void levels.pop(),
  [tokens.closeBracket]: (levels) => void levels.pop(),
  [tokens.comma]: (levels) => startNext(levels.at(-1)!), // JSON has commas within brackets only
};

/** Every repeated key of a text that `JSON.parse` accepts, each with its path and both lines. */
export function findDuplicateKeys(text: string): Problem[] {
  const scanner = createScanner(text, true);
  const problems: Problem[] = [];
  const levels: Level[] = [];
  for (let kind: number = scanner.scan(); kind !== tokens.end; kind = scanner.scan()) {
    const level = levels.at(-1);
    if (level?.expectsKey !== true || kind !== tokens.text) steps[kind]?.(levels);
    else {
      const line = scanner.getTokenStartLine() + 1;
      const first = noteKey(level, scanner.getTokenValue(), line);
      if (first !== undefined) problems.push(describe(levels, { first, line }));
    }
  }
  return problems;
}

/** Gives the line where the object has had this key before. */
function noteKey(level: Level, key: string, line: number): number | undefined {
  level.place = key;
  level.expectsKey = false;
  const first = level.keys?.get(key);
  if (first === undefined) level.keys?.set(key, line);
  return first;
}

function startNext(level: Level): void {
  if (typeof level.place === 'number') level.place++;
  else level.expectsKey = true;
}

function describe(
  levels: readonly Level[],
  { first, line }: { readonly first: number; readonly line: number },
): Problem {
  const path = levels.map(({ place }) => place).join('.');
  const where = first === line ? `twice in line ${line}` : `in line ${first} and in line ${line}`;
  return { path, message: `expected the key once, got it ${where}` };
}
