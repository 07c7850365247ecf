/**
 * Scopes: how a model names and declares its weights. A model is a function of tensors and a scope; what a weight becomes
 * (an input that is trained, a constant that is folded) is decided by who runs the function.
 */
import type { Sym } from '../ir/program.ts';
import type { Init } from '../random/init.ts';
import type { Shape } from '../shape.ts';

/** Declares weights under dotted names. */
export type Scope = {
  /** A scope one level down: `features` -> `features.conv0`. */
  at(name: string): Scope;
  /** A trainable weight. */
  param(name: string, shape: Shape, init: Init): Sym;
  /** A weight that training updates without a gradient: running statistics. */
  buffer(name: string, shape: Shape, init: Init): Sym;
  /** Says what a buffer becomes after this training step. */
  update(name: string, value: Sym): void;
  /** A dropout mask of 0 and 1 / (1 - rate), drawn anew every step. */
  dropoutMask(shape: Shape, rate: number): Sym;
  readonly training: boolean;
};

/** A weight as declared while a model was traced. */
export type Declaration = {
  readonly name: string;
  readonly shape: Shape;
  readonly init: Init;
  readonly trainable: boolean;
};

type ScopeOptions = {
  readonly training: boolean;
  readonly declare: (declaration: Declaration) => Sym;
  readonly update: (name: string, value: Sym) => void;
  readonly dropoutMask: (shape: Shape, rate: number) => Sym;
};

/** The root scope. Asking for the same name twice shares the weight. */
export function createScope(options: ScopeOptions): Scope {
  const declared = new Map<string, Sym>();
  const declare = (declaration: Declaration): Sym => {
    const known = declared.get(declaration.name) ?? options.declare(declaration);
    declared.set(declaration.name, known);
    return known;
  };
  const scopeAt = (prefix: string): Scope => ({
    at: (name) => scopeAt(`${prefix}${name}.`),
    param: (name, shape, init) => declare({ name: prefix + name, shape, init, trainable: true }),
    buffer: (name, shape, init) => declare({ name: prefix + name, shape, init, trainable: false }),
    update: (name, value) => options.update(prefix + name, value),
    dropoutMask: options.dropoutMask,
    training: options.training,
  });
  return scopeAt('');
}
