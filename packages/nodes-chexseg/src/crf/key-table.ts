/** A hash table from integer vectors to consecutive numbers: the points of a sparse lattice. */

/** Numbers keys in the order in which they are inserted. */
export type KeyTable = {
  /** The number of a key, new if it was not there. */
  readonly insert: (key: Int32Array) => number;
  /** The number of a key; -1 if it is not there. */
  readonly find: (key: Int32Array) => number;
  /** One entry of key `index`. */
  readonly coordinate: (index: number, dimension: number) => number;
  /** How many keys there are. */
  readonly size: () => number;
};

/** Makes an empty table for at most `capacity` keys of `dimensions` entries. */
export function createKeyTable(dimensions: number, capacity: number): KeyTable {
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * capacity + 1))).fill(-1);
  const last = slots.length - 1; // a mask of ones, since the length is a power of two
  let keys = new Int32Array(1024 * dimensions);
  let count = 0;
  const slotOf = (key: Int32Array): number => {
    let slot = hashKey(key) & last;
    while (slots[slot] !== -1 && !equalsAt(keys, slots[slot]! * dimensions, key))
      slot = (slot + 1) & last;
    return slot;
  };
  return {
    insert(key) {
      const slot = slotOf(key);
      if (slots[slot] !== -1) return slots[slot]!;
      if ((count + 1) * dimensions > keys.length) {
        const grown = new Int32Array(keys.length * 2);
        grown.set(keys);
        keys = grown;
      }
      keys.set(key, count * dimensions);
      slots[slot] = count;
      return count++;
    },
    find: (key) => slots[slotOf(key)]!,
    coordinate: (index, dimension) => keys[index * dimensions + dimension]!,
    size: () => count,
  };
}

function hashKey(key: Int32Array): number {
  let hash = 0;
  for (const entry of key) hash = Math.imul(hash + entry, 1664525); // the multiplier of Numerical Recipes
  return hash ^ (hash >>> 15);
}

function equalsAt(keys: Int32Array, start: number, key: Int32Array): boolean {
  for (let d = 0; d < key.length; d++) if (keys[start + d] !== key[d]) return false;
  return true;
}
