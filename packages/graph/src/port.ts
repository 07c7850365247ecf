/** What can travel along a wire, and which wires may be drawn. */
import type {
  ExportedFile,
  Figure,
  Images,
  Labels,
  Masks,
  Model,
  ModelRole,
  Predictions,
  Saliency,
  Scores,
  Supervision,
  Table,
} from './values/values.ts';

/** The value of each port kind; the codecs and the editor's viewers are total over this table. */
export type PortValues = {
  images: Images;
  labels: Labels;
  masks: Masks;
  saliency: Saliency;
  model: Model;
  supervision: Supervision;
  predictions: Predictions;
  scores: Scores;
  table: Table;
  figure: Figure;
  file: ExportedFile;
};

export type PortKind = keyof PortValues;

/** One line per kind, shown in tooltips and by `radiograph nodes`. */
export const portKinds: { readonly [K in PortKind]: string } = {
  images: 'N radiographs, 8 or 16 bit, packed [N, H, W]',
  labels: 'image-level findings [N, K]: 1, 0, -1 (uncertain) or blank',
  masks: 'multi-label masks [N, K, H, W] as COCO run lengths',
  saliency: 'saliency maps, float32 [N, K, h, w], with class probabilities [N, K]',
  model: 'float32 weights, architecture and classes of a network',
  supervision: 'expert and pseudo-labeled images with a mixing rule',
  predictions: 'probabilities of a segmenter in 0..1, float32 [N, K, H, W]',
  scores: 'IoU per class and image with bootstrap intervals',
  table: 'rows and columns for people',
  figure: 'a PNG picture for people',
  file: 'a file for another program',
};

/** A port of a node type. `arity` many: any number of wires, in edge order. */
export type Port<K extends PortKind = PortKind, A extends Arity = Arity> = {
  readonly kind: K;
  readonly arity: A;
  readonly role?: ModelRole;
  readonly doc: string;
};

export type Arity = 'one' | 'optional' | 'many';
export type Ports = Readonly<Record<string, Port>>;
type PortOptions = { readonly role?: ModelRole };

/** A required port, or an output. `role` narrows a model port: a segmenter does not fit where a classifier is asked for. */
export function port<K extends PortKind>(
  kind: K,
  doc: string,
  options: PortOptions = {},
): Port<K, 'one'> {
  return { kind, arity: 'one', doc, ...options };
}

/** An input that may stay unwired; its value is then undefined. */
export function optional<K extends PortKind>(
  kind: K,
  doc: string,
  options: PortOptions = {},
): Port<K, 'optional'> {
  return { kind, arity: 'optional', doc, ...options };
}

/** An input that takes any number of wires; its value is a list in edge order, each with the label of its source node. */
export function many<K extends PortKind>(kind: K, doc: string): Port<K, 'many'> {
  return { kind, arity: 'many', doc };
}

/** A value of a `many` port with the label (or id) of the node it came from. */
export type Labeled<V> = { readonly label: string; readonly value: V };

type InputValue<P> =
  P extends Port<infer K, infer A>
    ? A extends 'many'
      ? readonly Labeled<PortValues[K]>[]
      : A extends 'optional'
        ? PortValues[K] | undefined
        : PortValues[K]
    : never;

/** What `run` receives for these input ports. */
export type InputsOf<P extends Ports> = { readonly [N in keyof P]: InputValue<P[N]> };
/** What `run` returns for these output ports. */
export type OutputsOf<P extends Ports> = {
  readonly [N in keyof P]: P[N] extends Port<infer K, Arity> ? PortValues[K] : never;
};

/** Says why an output may not feed an input; undefined when it may. */
export function explainMismatch(from: Port, to: Port): string | undefined {
  if (from.kind !== to.kind) return `expected ${to.kind} (${portKinds[to.kind]}), got ${from.kind}`;
  if (to.role !== undefined && from.role !== to.role) {
    return `expected a ${to.role} model, got a ${from.role ?? 'model of unknown role'}`;
  }
  return undefined;
}
