/** Axes of a sweep: those that the document draws as variants, and grids of parameters from outside. */
import {
  explainKey,
  findParam,
  type GraphDocument,
  listAccepted,
  RadiographError,
  type VariantValue,
} from '@radiograph/graph';

type Variants = NonNullable<GraphDocument['variants']>;

/**
 * The document with each grid (`mixer.rho=0.1,0.5`) as one more axis of its variants, named by the parameter.
 *
 * @throws a usage error for a grid whose name no node of the document has, and for two of one name.
 */
export function addGrids(document: GraphDocument, grids: readonly string[]): GraphDocument {
  if (grids.length === 0) return document;
  const names = grids.map(nameOfGrid);
  const repeated = names.find((name, i) => names.indexOf(name) < i);
  if (repeated !== undefined)
    throw new RadiographError('usage', {
      path: `--grid ${repeated}`,
      message: 'expected one list of values for a parameter, got two',
    });
  const added = Object.fromEntries(grids.map(parseGrid));
  const unknown = Object.keys(added).filter((name) => findParam(document, name) === undefined);
  if (unknown.length > 0)
    throw new RadiographError(
      'usage',
      unknown.map((name) => explainKey(document, name, '--grid')),
    );
  const { axes } = document.sweep ?? {};
  const named = axes === undefined ? {} : { axes: [...new Set([...axes, ...Object.keys(added)])] };
  return {
    ...document,
    variants: { ...document.variants, ...added },
    sweep: { ...document.sweep, ...named },
  };
}

/** What a grid from outside sweeps: the text before its values. */
export const nameOfGrid = (text: string): string => text.slice(0, text.indexOf('='));

/** The axes to sweep, in order: those wanted, or the document's choice. @throws a usage error for one that the document does not have. */
export function chooseAxes(document: GraphDocument, wanted: readonly string[]): Variants {
  const variants = document.variants ?? {};
  const known = Object.keys(variants);
  const names = wanted.length > 0 ? wanted : (document.sweep?.axes ?? known);
  const unknown = names.find((name) => !Object.hasOwn(variants, name));
  if (unknown !== undefined)
    throw new RadiographError('usage', {
      path: `axis ${unknown}`,
      message: `expected ${listAccepted(unknown, known)}`,
    });
  return Object.fromEntries(names.map((name) => [name, variants[name]!]));
}

type Json = NonNullable<VariantValue['set']>[string];

function parseGrid(text: string): [string, Record<string, VariantValue>] {
  const split = text.indexOf('=');
  const name = nameOfGrid(text);
  if (split < 1 || text.length === split + 1)
    throw new RadiographError('usage', {
      path: `--grid ${text}`,
      message: 'expected node.param=value,value,...',
    });
  const values = parseValues(text.slice(split + 1));
  return [
    name,
    Object.fromEntries(values.map((value) => [nameOf(value), { set: { [name]: value } }])),
  ];
}

/** A JSON list without its brackets (so that a value may itself be a list), or texts between commas. */
function parseValues(text: string): Json[] {
  try {
    return JSON.parse(`[${text}]`);
  } catch {
    return text.split(',').map(parseValue);
  }
}

function parseValue(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const nameOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
