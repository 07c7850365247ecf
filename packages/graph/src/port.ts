/** What can travel along a wire, and which wires may be drawn. */
import { describeKind } from './kind.ts';

/**
 * The value of each kind of port. A package that brings a kind adds it:
 * `declare module '@radiograph/graph' { interface PortValues { volume: Volume } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: kinds are added by the packages that define them.
export interface PortValues {}

/** Of these, the kinds that are lists of samples: they can be cut, and each part computed by itself. Added to like `PortValues`. */
// biome-ignore lint/suspicious/noEmptyInterface: kinds are added by the packages that define them.
export interface SampleKinds {}

export type PortKind = keyof PortValues & string;
export type SampleKind = keyof SampleKinds & PortKind;

/** A port of a node type. `arity` many: any number of wires, in edge order. */
export type Port<K extends PortKind = PortKind, A extends Arity = Arity> = {
  readonly kind: K;
  readonly arity: A;
  /** Narrows the kind: what a model does. */
  readonly role?: string;
  readonly doc: string;
};

/** A run of samples: from the first to before the second. */
export type SampleRange = readonly [from: number, to: number];

export type Arity = 'one' | 'optional' | 'many';
export type Ports = Readonly<Record<string, Port>>;
type PortOptions = { readonly role?: string };

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
  if (from.kind !== to.kind)
    return `expected ${to.kind} (${describeKind(to.kind)}), got ${from.kind}`;
  if (to.role !== undefined && from.role !== to.role) {
    return `expected a ${to.role} model, got a ${from.role ?? 'model of unknown role'}`;
  }
  return undefined;
}
