/** What changed between two documents, in the terms of a reader: nodes, parameters, wires; not lines of text. */
import type { DocumentNode, GraphDocument } from './document.ts';
import { canonicalJson } from './fingerprint.ts';
import { wireName } from './variant.ts';

/** One difference. `before` and `after` are undefined where there was or is nothing. */
export type DocumentChange = {
  readonly part: 'graph' | 'node' | 'parameter' | 'wire' | 'drawing';
  /** `mixer`, `mixer.rho`, `split.train -> classifier.images`, `seed` ... */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
};

/** Every difference; empty when both documents mean and look the same. */
export function diffDocuments(before: GraphDocument, after: GraphDocument): DocumentChange[] {
  return [
    ...diffFields('graph', '', pickGraph(before), pickGraph(after)),
    ...diffNodes(before, after),
    ...diffFields('wire', '', wiresOf(before), wiresOf(after)),
    ...diffFields('drawing', '', pickDrawing(before), pickDrawing(after)),
  ];
}

type Fields = Readonly<Record<string, unknown>>;

function diffFields(
  part: DocumentChange['part'],
  prefix: string,
  before: Fields,
  after: Fields,
): DocumentChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => canonicalJson(before[key]) !== canonicalJson(after[key]))
    .map((key) => ({ part, path: prefix + key, before: before[key], after: after[key] }));
}

function diffNodes(before: GraphDocument, after: GraphDocument): DocumentChange[] {
  const ids = [...new Set([...Object.keys(before.nodes), ...Object.keys(after.nodes)])];
  return ids.flatMap((id) => {
    const [a, b] = [before.nodes[id], after.nodes[id]];
    if (a === undefined || b === undefined || a.type !== b.type)
      return [{ part: 'node' as const, path: id, before: a?.type, after: b?.type }];
    return [
      ...diffFields('parameter', `${id}.`, a.params, b.params),
      ...diffFields('node', `${id}.`, withoutParams(a), withoutParams(b)),
    ];
  });
}

function withoutParams({ params: _, ...rest }: DocumentNode): Fields {
  return rest;
}

/** A value of a variant, or an exposed name, is a field of its own. */
function pickGraph({ name, description, seed, data, variants, expose }: GraphDocument): Fields {
  const axes = Object.entries(variants ?? {}).flatMap(([axis, values]) =>
    Object.entries(values).map(([value, change]) => [`variants.${axis}.${value}`, change]),
  );
  const exposed = Object.entries(expose ?? {}).map(([key, place]) => [`expose.${key}`, place]);
  return { name, description, seed, data, ...Object.fromEntries([...axes, ...exposed]) };
}

function pickDrawing({ layout, groups, notes }: GraphDocument): Fields {
  return { layout, groups, notes };
}

function wiresOf({ edges }: GraphDocument): Fields {
  return Object.fromEntries(edges.map((edge) => [wireName(edge), true]));
}
