/**
 * A reader of Python pickles, protocols 0 to 5, that cannot run anything.
 *
 * A pickle is a program for a stack machine; its dangerous instruction is "call this global". Here a global is a name on a short list with our
 * own reading (globals.ts); any other is refused or becomes a placeholder, and nothing is ever looked up by name in JavaScript.
 */
import { dataError } from '@radiograph/graph';
import { asDataError } from '../as-data-error.ts';
import { type ByteReader, openBytes } from './byte-reader.ts';
import { buildState, findGlobal } from './globals.ts';
import { describeValue, isGlobal, isOpaque, type PickleValue } from './value.ts';

export type UnpickleOptions = {
  /** Names the file in errors. */
  readonly path: string;
  /** What a persistent id stands for: torch files keep their storages outside the pickle. Without it such ids are refused. */
  readonly persistent?: (id: PickleValue) => PickleValue;
  /** Reads a storage that torch pickled as a file of its own (`torch.storage._load_from_bytes`). */
  readonly loadBytes?: (bytes: Uint8Array) => PickleValue;
};

type Machine = {
  readonly reader: ByteReader;
  readonly path: string;
  stack: PickleValue[];
  readonly marks: PickleValue[][];
  readonly memo: Map<number, PickleValue>;
  readonly pop: () => PickleValue;
  readonly popMark: () => PickleValue[];
  readonly global: (name: string) => PickleValue;
  readonly persistent: (id: PickleValue) => PickleValue;
};
type Operation = (machine: Machine) => void;

/** Reads one pickle from the start of `bytes`; `length` is where it ends. @throws a data error naming what was refused or is broken. */
export function unpickle(
  bytes: Uint8Array,
  options: UnpickleOptions,
): { readonly value: PickleValue; readonly length: number } {
  return asDataError(options.path, 'a pickle', () => run(openMachine(bytes, options)));
}

function run(machine: Machine): { readonly value: PickleValue; readonly length: number } {
  const { reader, path } = machine;
  for (;;) {
    const at = reader.position();
    const code = reader.u8();
    if (code === stop) return { value: machine.pop(), length: reader.position() };
    const operation = operations.get(code);
    if (operation === undefined)
      throw dataError(path, `expected a pickle, got instruction ${code} at byte ${at}`);
    operation(machine);
  }
}

/** Entries that a pickle may copy beyond those that it holds itself, each of which is at least a byte. */
const freeCopies = 100_000;

function openMachine(bytes: Uint8Array, options: UnpickleOptions): Machine {
  const { path } = options;
  const refuse = (what: string) => (): never => {
    throw dataError(path, `expected a plain pickle, got ${what}`);
  };
  let left = bytes.length + freeCopies;
  const spend = (items: number): void => {
    left -= items;
    if (left < 0)
      throw dataError(
        path,
        'expected each value to be copied once, got a pickle that copies one over and over',
      );
  };
  const loadBytes = options.loadBytes ?? refuse('a nested torch file');
  const machine: Machine = {
    reader: openBytes(bytes, path),
    path,
    stack: [],
    marks: [],
    memo: new Map(),
    pop: () => {
      const value = machine.stack.pop();
      if (value === undefined) throw dataError(path, 'expected a value on the stack, got none');
      return value;
    },
    popMark: () => {
      const items = machine.stack;
      const outer = machine.marks.pop();
      if (outer === undefined) throw dataError(path, 'expected a mark on the stack, got none');
      machine.stack = outer;
      return items;
    },
    global: (name) => findGlobal(name, { path, loadBytes, spend }),
    persistent: options.persistent ?? refuse('a persistent id'),
  };
  return machine;
}

const text = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const push =
  (read: (machine: Machine) => PickleValue): Operation =>
  (machine) => {
    const value = read(machine); // may put another stack in place (a mark)
    machine.stack.push(value);
  };
const popMany = ({ pop }: Machine, count: number) =>
  Array.from({ length: count }, () => pop()).reverse();
const put = ({ memo, stack, path }: Machine, index: number) => {
  const top = stack.at(-1);
  if (top === undefined) throw dataError(path, 'expected a value to remember, got none');
  memo.set(index, top);
};
const get = ({ memo, path }: Machine, index: number): PickleValue => {
  const value = memo.get(index);
  if (value === undefined) throw dataError(path, `expected value ${index} to be known, got none`);
  return value;
};

function call(machine: Machine, args: PickleValue, callee: PickleValue): PickleValue {
  if (isOpaque(callee)) return callee; // an object of a class is as opaque as the class
  if (!isGlobal(callee) || !Array.isArray(args))
    throw dataError(machine.path, `expected a name to call, got ${describeValue(callee)}`);
  return callee.call(args);
}

function setItems({ stack, path }: Machine, items: readonly PickleValue[]): void {
  const dict = stack.at(-1);
  if (isOpaque(dict)) return;
  if (!(dict instanceof Map) || items.length % 2 !== 0)
    throw dataError(path, `expected a dict to fill, got ${describeValue(dict)}`);
  for (let i = 0; i < items.length; i += 2) dict.set(items[i]!, items[i + 1]!);
}

function appendItems({ stack, path }: Machine, items: readonly PickleValue[]): void {
  const list = stack.at(-1);
  if (isOpaque(list)) return;
  if (!Array.isArray(list)) throw dataError(path, `expected a list, got ${describeValue(list)}`);
  for (const item of items) list.push(item);
}

function addItems({ stack, path }: Machine, items: readonly PickleValue[]): void {
  const set = stack.at(-1);
  if (!(set instanceof Set)) throw dataError(path, `expected a set, got ${describeValue(set)}`);
  for (const item of items) set.add(item);
}

/** Little-endian two's complement of any length; a plain number where it is exact. */
function readLong(bytes: Uint8Array): PickleValue {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  if (bytes.length > 0 && bytes.at(-1)! & 0x80) value -= 1n << BigInt(8 * bytes.length);
  return toNumber(value);
}

function toNumber(value: bigint): PickleValue {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** Protocol 0 integers: `12`, `12L`; `00` and `01` are booleans. */
function readDecimal({ reader, path }: Machine): PickleValue {
  const line = reader.line();
  if (line === '00' || line === '01') return line === '01';
  if (!/^-?\d{1,400}L?$/.test(line))
    throw dataError(path, `expected a decimal number, got ${JSON.stringify(line.slice(0, 40))}`);
  return toNumber(BigInt(line.replace('L', '')));
}

/** Protocol 0 text in quotes; escapes of bytes and quotes only. */
function readQuoted({ reader, path }: Machine): PickleValue {
  const match = /^(['"])(.*)\1$/s.exec(reader.line());
  if (match === null) throw dataError(path, 'expected text in quotes');
  return match[2]!.replace(/\\(x[0-9a-f]{2}|.)/gis, (_, code: string) => unescapeOne(code));
}

function unescapeOne(code: string): string {
  if (code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
  return { n: '\n', r: '\r', t: '\t' }[code] ?? code;
}

const stop = '.'.charCodeAt(0);
const longest = 1024; // bytes of an integer; nothing in a checkpoint is near

function longBytes({ reader, path }: Machine, length: number): Uint8Array {
  if (length < 0 || length > longest)
    throw dataError(path, `expected an integer of at most ${longest} bytes, got ${length}`);
  return reader.bytes(length);
}

const stackGlobal: Operation = push((m) => {
  const [module, name] = popMany(m, 2);
  if (typeof module !== 'string' || typeof name !== 'string')
    throw dataError(m.path, `expected the name of a global, got ${describeValue(name)}`);
  return m.global(`${module}.${name}`);
});

/** Instructions by their character (pickletools of Python 3.12), total over protocols 0 to 5 but for what is refused below. */
const table: Readonly<Record<string, Operation>> = {
  '(': (m) => {
    m.marks.push(m.stack);
    m.stack = [];
  },
  '0': (m) => void m.pop(),
  '1': (m) => void m.popMark(),
  '2': push(({ stack, path }) => {
    const top = stack.at(-1);
    if (top === undefined) throw dataError(path, 'expected a value to repeat, got none');
    return top;
  }),
  N: push(() => null),
  '\x88': push(() => true),
  '\x89': push(() => false),
  I: push(readDecimal),
  L: push(readDecimal),
  F: push(({ reader }) => Number(reader.line())),
  G: push(({ reader }) => reader.f64be()),
  J: push(({ reader }) => reader.i32()),
  K: push(({ reader }) => reader.u8()),
  M: push(({ reader }) => reader.u16()),
  '\x8a': push((m) => readLong(longBytes(m, m.reader.u8()))),
  '\x8b': push((m) => readLong(longBytes(m, m.reader.i32()))),
  S: push(readQuoted),
  T: push(({ reader }) => latin1(reader.bytes(reader.u32()))),
  U: push(({ reader }) => latin1(reader.bytes(reader.u8()))),
  V: push(({ reader }) =>
    reader
      .line()
      .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      ),
  ),
  X: push(({ reader }) => text.decode(reader.bytes(reader.u32()))),
  '\x8c': push(({ reader }) => text.decode(reader.bytes(reader.u8()))),
  '\x8d': push(({ reader }) => text.decode(reader.bytes(reader.length64()))),
  C: push(({ reader }) => reader.bytes(reader.u8())),
  B: push(({ reader }) => reader.bytes(reader.u32())),
  '\x8e': push(({ reader }) => reader.bytes(reader.length64())),
  '\x96': push(({ reader }) => reader.bytes(reader.length64())),
  ')': push(() => []),
  ']': push(() => []),
  '}': push(() => new Map()),
  '\x8f': push(() => new Set()),
  t: push((m) => m.popMark()),
  l: push((m) => m.popMark()),
  '\x85': push((m) => popMany(m, 1)),
  '\x86': push((m) => popMany(m, 2)),
  '\x87': push((m) => popMany(m, 3)),
  d: (m) => {
    const items = m.popMark();
    m.stack.push(new Map());
    setItems(m, items);
  },
  '\x91': push((m) => new Set(m.popMark())),
  a: (m) => appendItems(m, popMany(m, 1)),
  e: (m) => appendItems(m, m.popMark()),
  s: (m) => setItems(m, popMany(m, 2)),
  u: (m) => setItems(m, m.popMark()),
  '\x90': (m) => addItems(m, m.popMark()),
  p: (m) => put(m, Number(m.reader.line())),
  q: (m) => put(m, m.reader.u8()),
  r: (m) => put(m, m.reader.u32()),
  '\x94': (m) => put(m, m.memo.size),
  g: push((m) => get(m, Number(m.reader.line()))),
  h: push((m) => get(m, m.reader.u8())),
  j: push((m) => get(m, m.reader.u32())),
  c: push((m) => m.global(`${m.reader.line()}.${m.reader.line()}`)),
  '\x93': stackGlobal,
  i: push((m) => {
    const callee = m.global(`${m.reader.line()}.${m.reader.line()}`);
    return call(m, m.popMark(), callee);
  }),
  o: push((m) => {
    const [callee = null, ...args] = m.popMark();
    return call(m, args, callee);
  }),
  R: push((m) => call(m, m.pop(), m.pop())),
  '\x81': push((m) => call(m, m.pop(), m.pop())),
  b: (m) => {
    const state = m.pop();
    buildState(m.stack.at(-1) ?? null, state, m.path);
  },
  P: push((m) => m.persistent(m.reader.line())),
  Q: push((m) => m.persistent(m.pop())),
  '\x80': ({ reader, path }) => {
    const protocol = reader.u8();
    if (protocol > 5) throw dataError(path, `expected a pickle protocol up to 5, got ${protocol}`);
  },
  '\x95': ({ reader }) => void reader.length64(), // a frame only says how much to buffer
  '\x98': () => undefined, // read-only buffer: all of ours are
};
const operations = new Map(Object.entries(table).map(([key, run]) => [key.charCodeAt(0), run]));
