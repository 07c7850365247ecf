/** The quickstart as a list of things to draw, and what was drawn as something to compare with it. */
import { readFileSync } from 'node:fs';
import {
  describeNodeType,
  type GraphDocument,
  parseDocument,
  validateGraph,
} from '@radiograph/graph';
import { registry } from '../../../apps/runner/src/registry.ts';

/** The quickstart's document, from its file. */
export const quickstart: GraphDocument = parseDocument(
  readFileSync(new URL('../../../examples/quickstart.graph.json', import.meta.url), 'utf8'),
);

/** The id that the editor gives to the first node of a type: `core.split` becomes `split`. */
export const drawnId = (type: string): string => type.split('.').at(-1)!;

/** The quickstart's nodes under the ids that they get when they are drawn; each type occurs once. */
export const steps = Object.values(quickstart.nodes).map((node) => {
  const { title, params } = describeNodeType(
    registry.list().find(({ type }) => type === node.type)!,
  );
  // In the order of the form.
  const names = Object.keys(params.properties ?? {}).filter((name) => name in node.params);
  const set = names.map((name) => [name, node.params[name]] as const);
  return { ...node, id: drawnId(node.type), title, params: Object.fromEntries(set) };
});

const drawnReference = (reference: string): string => {
  const [id = '', port = ''] = reference.split('.');
  return `${drawnId(quickstart.nodes[id]!.type)}.${port}`;
};

/** The quickstart's wires between the drawn ids. */
export const wires = quickstart.edges.map(({ from, to }) => ({
  from: drawnReference(from),
  to: drawnReference(to),
}));

/** What makes two graphs the same experiment: everything but layout and ids, with the parameters' defaults filled in. */
export function meaningOf({ layout: _, ...document }: GraphDocument): unknown {
  const { nodes } = validateGraph(document, registry);
  const rename = (reference: string) => {
    const [id = '', port = ''] = reference.split('.');
    return `${drawnId(document.nodes[id]!.type)}.${port}`;
  };
  return {
    ...document,
    nodes: Object.fromEntries(
      nodes.map(({ id, type, params }) => [
        drawnId(type.type),
        { params, label: document.nodes[id]!.label },
      ]),
    ),
    edges: document.edges.map(({ from, to }) => `${rename(from)} -> ${rename(to)}`).toSorted(),
    expose: Object.fromEntries(
      Object.entries(document.expose ?? {}).map(([name, reference]) => [name, rename(reference)]),
    ),
  };
}
