/** Variants: one cell of an ablation as a whole document. */
import type { DocumentEdge, GraphDocument, VariantValue } from './document.ts';
import { type Problem, RadiographError } from './errors.ts';
import { setParams } from './override.ts';
import { listAccepted } from './suggest.ts';

/** A value chosen for each of some axes, for example `{ supervision: 'weak' }`. */
export type Cell = Readonly<Record<string, string>>;

/**
 * The document of one cell: every chosen value applied in the order of the document's axes; `variants` and `sweep` removed.
 *
 * @throws {RadiographError} code `usage` for an axis, value, node or wire that does not exist.
 */
export function applyVariants(document: GraphDocument, cell: Cell): GraphDocument {
  const { variants = {}, sweep: _, ...plain } = document;
  const problems = findUnknown(variants, cell);
  if (problems.length > 0) throw new RadiographError('usage', problems);
  return Object.keys(variants)
    .filter((axis) => Object.hasOwn(cell, axis))
    .reduce<GraphDocument>(
      (result, axis) =>
        applyValue(result, variants[axis]![cell[axis]!]!, `variants.${axis}.${cell[axis]}`),
      plain,
    );
}

function findUnknown(variants: NonNullable<GraphDocument['variants']>, cell: Cell): Problem[] {
  return Object.entries(cell).flatMap(([axis, value]) => {
    const values = Object.hasOwn(variants, axis) ? variants[axis] : undefined;
    if (values === undefined)
      return [
        {
          path: `variant ${axis}`,
          message: `expected ${listAccepted(axis, Object.keys(variants))}`,
        },
      ];
    if (Object.hasOwn(values, value)) return [];
    const accepted = listAccepted(value, Object.keys(values));
    return [{ path: `variant ${axis}`, message: `expected ${accepted}, got ${value}` }];
  });
}

function applyValue(document: GraphDocument, change: VariantValue, path: string): GraphDocument {
  const changed = setParams(document, change.set ?? {}, `${path}.set`);
  const nodes = { ...changed.nodes };
  for (const id of change.disable ?? []) {
    const node = Object.hasOwn(nodes, id) ? nodes[id] : undefined;
    if (node === undefined) throw unknownPart(`${path}.disable`, id, Object.keys(nodes));
    nodes[id] = { ...node, disabled: true };
  }
  const cut = new Set((change.disconnect ?? []).map(wireName));
  const present = changed.edges.map(wireName);
  for (const name of cut)
    if (!present.includes(name)) throw unknownPart(`${path}.disconnect`, name, present);
  const edges = changed.edges.filter((edge) => !cut.has(wireName(edge)));
  return { ...changed, nodes, edges: [...edges, ...(change.connect ?? [])] };
}

function unknownPart(path: string, got: string, accepted: readonly string[]): RadiographError {
  const message = `expected ${listAccepted(got, accepted)}, got ${got}`;
  return new RadiographError('usage', { path, message });
}

/** A wire by its ends: `a.out -> b.in`. */
export function wireName({ from, to }: Pick<DocumentEdge, 'from' | 'to'>): string {
  return `${from} -> ${to}`;
}
