/** Changing parameters of a document from outside: `--set mixer.rho=0.5`, an exposed name, or the data folder. */
import { type GraphDocument, splitReference } from './document.ts';
import { type Problem, RadiographError } from './errors.ts';
import { listAccepted } from './suggest.ts';

type Json = GraphDocument['nodes'][string]['params'][string];

/**
 * Returns the document with these parameters set. A key is `"<node>.<param>"`, a name of `expose`, or `data`, the graph's data folder.
 *
 * Whether the parameter exists and the value fits is checked by validateGraph, like everything else in the document.
 * @throws {RadiographError} code `usage` for a node or name that does not exist.
 */
export function setParams(
  document: GraphDocument,
  values: Readonly<Record<string, Json>>,
): GraphDocument {
  const nodes = { ...document.nodes };
  const problems: Problem[] = [];
  let { data } = document;
  for (const [key, value] of Object.entries(values)) {
    if (key === 'data' && document.expose?.data === undefined) {
      if (typeof value === 'string' && value !== '') data = value;
      else problems.push({ path: '--set data', message: 'expected a folder' });
      continue;
    }
    const { nodeId, name } = splitReference(document.expose?.[key] ?? key);
    const node = nodes[nodeId];
    if (node === undefined || name === '') problems.push(explainKey(document, key));
    else nodes[nodeId] = { ...node, params: { ...node.params, [name]: value } };
  }
  if (problems.length > 0) throw new RadiographError('usage', problems);
  return data === undefined ? { ...document, nodes } : { ...document, data, nodes };
}

function explainKey(document: GraphDocument, key: string): Problem {
  const exposed = Object.keys(document.expose ?? {});
  const params = Object.keys(document.nodes).map((id) => `${id}.<param>`);
  const accepted = [...params, ...exposed, 'data'];
  return { path: `--set ${key}`, message: `expected ${listAccepted(key, accepted)}` };
}
