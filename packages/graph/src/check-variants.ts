/** Names in variants, in the settings of a sweep and among what is exposed: one that names nothing is a problem before anything is swept. */
import { type DocumentEdge, type GraphDocument, splitReference } from './document.ts';
import type { Problem } from './errors.ts';
import type { NodeType } from './node-type.ts';
import { explainKey, findParam } from './override.ts';
import type { Registry } from './registry.ts';
import { listAccepted } from './suggest.ts';
import { wireName } from './variant.ts';

type Context = {
  readonly document: GraphDocument;
  /** Of a node of the document; undefined where it is not installed, which is a problem of its own. */
  readonly typeOf: (nodeId: string) => NodeType | undefined;
  /** Wires that there are, or that some variant makes. */
  readonly wires: readonly string[];
};

/** Everything that `variants`, `sweep` and `expose` name and that the document does not have. Values of parameters are proved with their cell. */
export function checkVariants(document: GraphDocument, registry: Registry): Problem[] {
  const { variants = {}, nodes, edges, expose = {} } = document;
  const changes = Object.entries(variants).flatMap(([axis, values]) =>
    Object.entries(values).map(([value, change]) => ({
      path: `variants.${axis}.${value}`,
      change,
    })),
  );
  const context: Context = {
    document,
    typeOf: (nodeId) => registry.get(nodes[nodeId]?.type ?? ''),
    wires: [...edges, ...changes.flatMap(({ change }) => change.connect ?? [])].map(wireName),
  };
  return [
    ...changes.flatMap(({ path, change: { set = {}, disable, connect, disconnect } }) => [
      ...Object.keys(set).flatMap((key) => checkKey(key, `${path}.set`, context)),
      ...(disable ?? []).flatMap((id) => checkName(`${path}.disable`, id, Object.keys(nodes))),
      ...(connect ?? []).flatMap((edge) => checkEnds(edge, `${path}.connect`, context)),
      ...(disconnect ?? []).flatMap((edge) =>
        checkName(`${path}.disconnect`, wireName(edge), context.wires),
      ),
    ]),
    ...checkSweep(document),
    ...Object.entries(expose).flatMap(([name, reference]) => {
      const isThere = Object.hasOwn(nodes, splitReference(reference).nodeId); // else it is reported already
      return isThere ? checkKey(reference, `expose.${name}`, context) : [];
    }),
  ];
}

function checkKey(key: string, path: string, { document, typeOf }: Context): Problem[] {
  const target = findParam(document, key);
  if (target === undefined) return [explainKey(document, key, path)];
  if (target === 'data') return [];
  const type = typeOf(target.nodeId);
  // Parameters of an older version may have had other names, which `migrate` knows.
  if (type === undefined || document.nodes[target.nodeId]!.version !== type.version) return [];
  return checkName(`${path} ${key}`, target.name, Object.keys(type.params.shape));
}

function checkEnds({ from, to }: DocumentEdge, path: string, { document, typeOf }: Context) {
  const ends = [
    { reference: from, side: 'outputs' as const },
    { reference: to, side: 'inputs' as const },
  ];
  return ends.flatMap(({ reference, side }) => {
    const { nodeId, name } = splitReference(reference);
    const unknown = checkName(path, nodeId, Object.keys(document.nodes));
    const ports = typeOf(nodeId)?.[side];
    if (unknown.length > 0 || ports === undefined) return unknown;
    return checkName(`${path} ${reference}`, name, Object.keys(ports));
  });
}

function checkSweep({ variants = {}, sweep = {} }: GraphDocument): Problem[] {
  const axes = Object.keys(variants);
  const cells = [
    ...(sweep.cells ?? []).map((cell, i) => ({ cell, path: `sweep.cells.${i}` })),
    ...(sweep.skip ?? []).map((cell, i) => ({ cell, path: `sweep.skip.${i}` })),
  ];
  return [
    ...(sweep.axes ?? []).flatMap((axis) => checkName('sweep.axes', axis, axes)),
    ...cells.flatMap(({ cell, path }) =>
      Object.entries(cell).flatMap(([axis, value]) => {
        const unknown = checkName(path, axis, axes);
        if (unknown.length > 0) return unknown;
        return checkName(`${path}.${axis}`, value, Object.keys(variants[axis]!));
      }),
    ),
  ];
}

function checkName(path: string, got: string, accepted: readonly string[]): Problem[] {
  if (accepted.includes(got)) return [];
  return [{ path, message: `expected ${listAccepted(got, accepted)}, got ${JSON.stringify(got)}` }];
}
