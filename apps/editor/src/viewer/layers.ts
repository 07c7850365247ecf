/** Which results of a run can lie over its images, and how they are drawn at first. By port kind and wires, never by node. */
import { type PortKind, splitReference } from '@radiograph/graph';
import type { Catalog } from '../catalog/catalog.ts';
import { listOutputs, type Output, type ResultSet } from '../results/result-set.ts';
import type { LayerStyle } from './viewer-store.ts';

export type Layer = {
  /** `node.port` */
  readonly key: string;
  readonly label: string;
  readonly output: Output;
  readonly suggested: LayerStyle;
};

const layerKinds: ReadonlySet<PortKind> = new Set([
  'masks',
  'saliency',
  'predictions',
  'supervision',
]);

/**
 * All layers. What an evaluator takes as truth is outlined, what it scores is filled; a run without one outlines its first masks.
 */
export function listLayers(results: ResultSet, catalog: Catalog): readonly Layer[] {
  const outputs = listOutputs(results, catalog).filter(({ kind }) => layerKinds.has(kind));
  const scored = scoredReferences(results, catalog);
  const first = outputs.find(({ kind }) => kind === 'masks');
  return outputs.map((output) => {
    const key = `${output.nodeId}.${output.port}`;
    const label = `${results.document.nodes[output.nodeId]?.label ?? output.nodeId} · ${output.port}`;
    return { key, label, output, suggested: suggest(output) };
  });

  function suggest(output: Output): LayerStyle {
    const key = `${output.nodeId}.${output.port}`;
    if (scored.size === 0) return output === first ? 'outline' : 'off';
    if (!scored.has(key)) return 'off';
    return output.kind === 'masks' ? 'outline' : 'fill';
  }
}

/** Outputs that lead into a node that makes scores. */
function scoredReferences(results: ResultSet, catalog: Catalog): ReadonlySet<string> {
  const scorers = listOutputs(results, catalog).filter(({ kind }) => kind === 'scores');
  const [scorer] = scorers.map(({ nodeId }) => nodeId);
  return new Set(
    results.document.edges
      .filter(({ to }) => splitReference(to).nodeId === scorer)
      .map(({ from }) => from),
  );
}

/** The class names of all layers, in the order in which they are met. */
export function joinClasses(lists: readonly Iterable<string>[]): readonly string[] {
  return [...new Set(lists.flatMap((list) => [...list]))];
}
