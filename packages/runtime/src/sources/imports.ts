/** What a source file imports, read from its text: enough for modules that a formatter keeps, without a compiler. */

/** One import. `names` are those that enter the module graph; null stands for all of the target. */
export type Import = {
  readonly specifier: string;
  readonly names: readonly string[] | null;
  /** For `export { a as b } from`: the name in the target by the exported name. Null for an import. */
  readonly reexports: ReadonlyMap<string, string> | null;
};

// A clause holds no quote, semicolon or backtick, so a match cannot begin in one statement and end in another.
const fromClause = /^(import|export)\b([^'"`;]*?)\bfrom\s*['"]([^'"]+)['"]/gm;
const wholeModule = [
  /^import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  /\brequire\(\s*['"]([^'"]+)['"]\s*\)/g,
  /\bnew URL\(\s*['"](\.[^'"]+)['"]\s*,\s*import\.meta\.url/g,
];

/** Finds the imports of a module; what only gives types is left out, because it is gone when the code runs. */
export function findImports(text: string): Import[] {
  const named = [...text.matchAll(fromClause)].flatMap(
    ([, keyword, clause, specifier]): Import[] => {
      if (/^\s*type\b/.test(clause!)) return [];
      const names = parseNames(clause!);
      if (names === null) return [{ specifier: specifier!, names: null, reexports: null }];
      const targets = [...names.values()];
      const reexports = keyword === 'export' ? names : null;
      return targets.length === 0 ? [] : [{ specifier: specifier!, names: targets, reexports }];
    },
  );
  const whole = wholeModule.flatMap((pattern): Import[] =>
    [...text.matchAll(pattern)].map(([, specifier]) => ({
      specifier: specifier!,
      names: null,
      reexports: null,
    })),
  );
  return [...named, ...whole];
}

/** `{ a, b as c, type D }` as outer name -> name in the target; null for `* as x` and default imports. */
function parseNames(clause: string): Map<string, string> | null {
  const braces = /^\s*\{([^}]*)\}\s*$/.exec(clause);
  if (braces === null) return null;
  const members = braces[1]!
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '' && !member.startsWith('type '));
  return new Map(
    members.map((member) => {
      const [target = member, outer = target] = member.split(/\s+as\s+/);
      return [outer, target];
    }),
  );
}
