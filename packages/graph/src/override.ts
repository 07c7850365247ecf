/** Changing parameters of a document from outside: `--set mixer.rho=0.5`, an exposed name, or the data folder. */
import { type GraphDocument, splitReference } from './document.ts';
import { type Problem, RadiographError } from './errors.ts';
import { listAccepted } from './suggest.ts';

type Json = GraphDocument['nodes'][string]['params'][string];

/**
 * Returns the document with these parameters set. A key is `"<node>.<param>"`, a name of `expose`, or `data`, the graph's data folder.
 *
 * Whether the parameter exists and the value fits is checked by validateGraph, like everything else in the document.
 * @throws {RadiographError} code `usage` for a node or name that does not exist, at `place` and the key.
 */
export function setParams(
  document: GraphDocument,
  values: Readonly<Record<string, Json>>,
  place = '--set',
): GraphDocument {
  const nodes = { ...document.nodes };
  const problems: Problem[] = [];
  let { data } = document;
  for (const [key, value] of Object.entries(values)) {
    const target = findParam(document, key);
    if (target === undefined) problems.push(explainKey(document, key, place));
    else if (target !== 'data') {
      const node = nodes[target.nodeId]!;
      nodes[target.nodeId] = { ...node, params: { ...node.params, [target.name]: value } };
    } else if (typeof value === 'string' && value !== '') data = value;
    else problems.push({ path: `${place} data`, message: 'expected a folder' });
  }
  if (problems.length > 0) throw new RadiographError('usage', problems);
  return data === undefined ? { ...document, nodes } : { ...document, data, nodes };
}

/** What a key of `setParams` names; undefined where no node has it. Whether the node has such a parameter only its type knows. */
export function findParam(
  document: GraphDocument,
  key: string,
): { readonly nodeId: string; readonly name: string } | 'data' | undefined {
  const { expose = {}, nodes } = document;
  if (Object.hasOwn(expose, key)) return findParam({ ...document, expose: {} }, expose[key]!);
  if (key === 'data') return 'data';
  const { nodeId, name } = splitReference(key);
  return Object.hasOwn(nodes, nodeId) && key === `${nodeId}.${name}` && name !== ''
    ? { nodeId, name }
    : undefined;
}

/** Says of a key that names nothing what would be accepted. */
export function explainKey(document: GraphDocument, key: string, place: string): Problem {
  const exposed = Object.keys(document.expose ?? {});
  const params = Object.keys(document.nodes).map((id) => `${id}.<param>`);
  const accepted = [...params, ...exposed, 'data'];
  return { path: `${place} ${key}`, message: `expected ${listAccepted(key, accepted)}` };
}
