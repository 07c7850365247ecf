/** What a source file imports, found by a parser (Oxc), so that a comment, an indent or two statements on a line hide nothing. */
import { dataError } from '@radiograph/graph';
import {
  type Argument,
  type Expression,
  parseSync,
  type StaticExportEntry,
  type StaticImportEntry,
  Visitor,
} from 'oxc-parser';

/** One import. `names` are those that enter the module graph; null stands for all of the target. */
export type Import = {
  readonly specifier: string;
  readonly names: readonly string[] | null;
  /** For `export { a as b } from`: the name in the target by the exported name. Null for an import. */
  readonly reexports: ReadonlyMap<string, string> | null;
};

/**
 * Finds the imports of a module; what only gives types is left out, because it is gone when the code runs.
 *
 * A specifier that is computed cannot be followed. @throws a data error at `path` for a text that is no module: what it imports is unknown.
 */
export function findImports(text: string, path: string): Import[] {
  const parsed = parse(text, path);
  const [error] = parsed.errors;
  if (error !== undefined) throw dataError(path, `expected a module, got: ${error.message}`);
  const { staticImports, staticExports, dynamicImports } = parsed.module;
  const imported = staticImports.flatMap(({ moduleRequest, entries }) =>
    readImport(moduleRequest.value, entries),
  );
  const exported = staticExports.flatMap(({ entries }) => readExports(entries));
  const lazy = dynamicImports.flatMap(({ moduleRequest }) =>
    whole(readQuoted(text.slice(moduleRequest.start, moduleRequest.end))),
  );
  // To ask for the tree makes it: that takes several times as long as the parsing, and few files need it.
  const called = /\brequire\b|import\.meta/.test(text) ? findCalls(parsed.program) : [];
  return [...imported, ...exported, ...lazy, ...called];
}

function parse(text: string, path: string) {
  const lang = /\.[cm]?ts$/.test(path) ? 'ts' : 'tsx';
  return parseSync(path, text, { lang, sourceType: 'unambiguous' });
}

const whole = (specifier: string | undefined): Import[] =>
  specifier === undefined ? [] : [{ specifier, names: null, reexports: null }];

/** `import 'x'` has no entries; a default or namespace import takes all of its target. */
function readImport(specifier: string, entries: readonly StaticImportEntry[]): Import[] {
  if (entries.length === 0) return whole(specifier);
  const values = entries.filter(({ isType }) => !isType);
  if (values.length === 0) return [];
  const names = values.map(({ importName }) => importName.name);
  return names.includes(null)
    ? whole(specifier)
    : [{ specifier, names: names as string[], reexports: null }];
}

/** What a statement passes on, by where it comes from. */
function readExports(entries: readonly StaticExportEntry[]): Import[] {
  const passed = entries.filter(({ isType, moduleRequest }) => !isType && moduleRequest !== null);
  const [first] = passed;
  if (first === undefined) return [];
  const specifier = first.moduleRequest!.value;
  if (passed.some(({ importName }) => importName.name === null)) return whole(specifier); // `export *`
  const reexports = new Map(
    passed.map(({ exportName, importName }) => [exportName.name ?? 'default', importName.name!]),
  );
  return [{ specifier, names: [...reexports.values()], reexports }];
}

/** `require('x')`, `import x = require('x')`, and `new URL('./x', import.meta.url)`, by which code finds its data. */
function findCalls(program: Parameters<InstanceType<typeof Visitor>['visit']>[0]): Import[] {
  const found: Import[] = [];
  new Visitor({
    CallExpression({ callee, arguments: [first] }) {
      if (callee.type === 'Identifier' && callee.name === 'require')
        found.push(...whole(textOf(first)));
    },
    TSExternalModuleReference: ({ expression }) => void found.push(...whole(expression.value)),
    NewExpression({ callee, arguments: [first, base] }) {
      const place = textOf(first);
      if (callee.type === 'Identifier' && callee.name === 'URL' && isOwnPlace(base))
        found.push(...whole(/^\../s.test(place ?? '') ? place : undefined));
    },
  }).visit(program);
  return found;
}

function isOwnPlace(node: Argument | undefined): boolean {
  if (node?.type !== 'MemberExpression' || node.computed) return false;
  return (node.object as Expression).type === 'MetaProperty' && node.property.name === 'url';
}

/** The text of a literal; undefined for what is computed. */
function textOf(node: Argument | undefined): string | undefined {
  if (node?.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node?.type !== 'TemplateLiteral' || node.expressions.length > 0) return undefined;
  return node.quasis[0]?.value.cooked ?? undefined;
}

/** The same of a literal that is known as source text alone. */
function readQuoted(source: string): string | undefined {
  return /^(['"`])([^'"`\\$]*)\1$/.exec(source.trim())?.[2];
}
