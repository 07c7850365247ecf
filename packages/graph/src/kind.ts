/** The kinds of values that can travel along wires. This package names none: whoever brings a kind defines it. */
import type { PortKind } from './port.ts';

/** What is said of a kind everywhere. */
export type KindDescription = {
  readonly name: PortKind;
  /** One line, shown in tooltips and by `radiograph nodes`. */
  readonly doc: string;
};

const known = new Map<string, KindDescription>();

/** Makes a kind known. @throws an internal error if two have one name. */
export function installKind(kind: KindDescription): void {
  const other = known.get(kind.name);
  if (other !== undefined && other !== kind)
    throw new Error(`internal: the kind ${kind.name} is defined twice`);
  known.set(kind.name, kind);
}

/** What a kind is, in one line; its name where nobody installed it. */
export function describeKind(name: PortKind): string {
  return known.get(name)?.doc ?? name;
}

/** Every installed kind with its line, by name. */
export function describeKinds(): Readonly<Record<string, string>> {
  return Object.fromEntries([...known.values()].map(({ name, doc }) => [name, doc]));
}
