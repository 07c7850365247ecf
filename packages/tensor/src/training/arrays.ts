/** The numbers of a training: two sets of arrays that steps read and write in turn, and the weights and slots in them by name. */
import type { HostTensor, NamedTensors } from '../model/weights.ts';
import { type Shape, sizeOf } from '../shape.ts';
import { type Buffers, type Stepper, slotKey, weightKey } from './stepper.ts';
import { placeMembers } from './units.ts';

export type TrainingArrays = {
  /** What the next step reads, by the program's input names. */
  readonly current: () => Readonly<Buffers>;
  /** Where it writes what it replaces. */
  readonly next: () => Readonly<Buffers>;
  /** Makes what was written current. */
  readonly swap: () => void;
  /** Starts from copies of these; slots that are missing are zero. */
  readonly fill: (weights: NamedTensors, slots: NamedTensors) => void;
  /** Copies. */
  readonly weights: () => NamedTensors;
  /** Copies. */
  readonly slots: () => NamedTensors;
  /** The slots of every trained parameter. */
  readonly slotShapes: ReadonlyMap<string, Shape>;
};

type Entry = { readonly key: string; readonly name: string; readonly shape: Shape };

/** Allocates nothing before it is filled. */
export function createArrays(stepper: Stepper, slotNames: readonly string[]): TrainingArrays {
  const { replaced } = stepper;
  const { weightEntries, slotEntries, viewOf, lengths } = layOut(stepper, slotNames);
  let current: Buffers = {};
  let next: Buffers = {};
  const allocate = (keys: Iterable<string>): Buffers =>
    Object.fromEntries([...keys].map((key) => [key, new Float32Array(lengths.get(key)!)]));
  const copy = (entries: readonly Entry[]): NamedTensors =>
    new Map(
      entries.map(({ key, name, shape }): [string, HostTensor] => [
        name,
        { shape, data: viewOf(current, key).slice() },
      ]),
    );
  return {
    current: () => current,
    next: () => next,
    swap() {
      const before = current;
      current = { ...current, ...next };
      next = Object.fromEntries(replaced.map((key) => [key, before[key]!]));
    },
    fill(weights, slots) {
      current = allocate(lengths.keys());
      next = allocate(replaced);
      for (const { key, name } of weightEntries) viewOf(current, key).set(weights.get(name)!.data);
      for (const { key, name } of slotEntries)
        viewOf(current, key).set(slots.get(name)?.data ?? []);
    },
    weights: () => copy(weightEntries),
    slots: () => copy(slotEntries),
    slotShapes: new Map(slotEntries.map(({ name, shape }) => [name, shape])),
  };
}

/** Which arrays there are, and where in them each weight and slot lies. Keys are those that a parameter would have on its own. */
function layOut({ declarations, units }: Stepper, slotNames: readonly string[]) {
  const places = placeMembers(units);
  const kinds = [weightKey, ...slotNames.map((slot) => (name: string) => slotKey(slot, name))];
  const all = [...declarations.values()];
  const weightEntries = all.map(({ name, shape }) => ({ key: weightKey(name), name, shape }));
  const slotEntries = all
    .filter(({ name }) => places.has(name))
    .flatMap(({ name, shape }) =>
      slotNames.map((slot) => ({ key: slotKey(slot, name), name: slotKey(slot, name), shape })),
    );
  const lengths = new Map(
    all
      .filter(({ name }) => !places.has(name))
      .map(({ name, shape }) => [weightKey(name), sizeOf(shape)]),
  );
  for (const keyOf of kinds) for (const { name, length } of units) lengths.set(keyOf(name), length);
  const parts = new Map(
    kinds.flatMap((keyOf) =>
      [...places].map(
        ([name, { unit, start, end }]) => [keyOf(name), { key: keyOf(unit), start, end }] as const,
      ),
    ),
  );
  const viewOf = (arrays: Readonly<Buffers>, key: string): Float32Array => {
    const part = parts.get(key);
    return part === undefined ? arrays[key]! : arrays[part.key]!.subarray(part.start, part.end);
  };
  return { weightEntries, slotEntries, viewOf, lengths };
}
