import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { unpickle } from './unpickle.ts';

const read = (bytes: Uint8Array) => unpickle(bytes, { path: 'file.pkl' }).value;
const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
/** BINUNICODE of a short text. */
const text = (value: string) => `X${String.fromCharCode(value.length)}\0\0\0${value}`;

/** Written by fixtures/make.py. */
const plain = JSON.parse(
  readFileSync(new URL('../../fixtures/pickles.json', import.meta.url), 'utf8'),
) as Record<string, string>;

test.each(Object.keys(plain))(
  '[F1] protocol %s gives the same containers, shared values once',
  (protocol) => {
    const value = read(Uint8Array.from(Buffer.from(plain[protocol]!, 'hex')));

    const list = [true, false];
    expect(value).toEqual(
      new Map<string, unknown>([
        ['n', null],
        ['b', list],
        ['i', [0, -1, 255, 65536, -70000, 2 ** 40, -(2n ** 70n)]],
        ['f', 0.1],
        ['s', "Ödem 'x'\n"],
        ['t', [1, [2]]],
        ['y', Uint8Array.of(0, 255)],
        ['set', new Set([3])],
        ['again', list],
      ]),
    );
    const dict = value as Map<string, unknown>;
    expect(dict.get('again')).toBe(dict.get('b'));
  },
);

const malicious: readonly (readonly [string, string, string])[] = [
  ['posix.system', "cposix\nsystem\n(S'touch owned'\ntR.", 'REDUCE'],
  ['os.system', `${text('os')}${text('system')}\x93${text('touch owned')}\x85R.`, 'STACK_GLOBAL'],
  ['builtins.eval', "cbuiltins\neval\n(S'1+1'\ntR.", 'REDUCE'],
  ['builtins.exec', "(S'import os'\nibuiltins\nexec\n.", 'INST'],
  ['subprocess.Popen', "(csubprocess\nPopen\nS'sh'\no.", 'OBJ'],
  ['torch.load', "ctorch\nload\n(S'other.pth'\ntR.", 'REDUCE'],
  ['builtins.getattr', "](cbuiltins\ngetattr\n(S'x'\ntRe.", 'inside a list'],
  ['collections.OrderedDict.__class__', 'ccollections\nOrderedDict.__class__\n.', 'dotted name'],
];

describe('[F2] a global that would run something is refused by its name, and no other is looked up or run', () => {
  test.each(malicious)('%s', (name, program) => {
    expect(() => read(bytesOf(program))).toThrow(
      `file.pkl: expected only tensors and plain containers, got a call of ${name}: refused, nothing was run`,
    );
  });

  test('[F40] paths, dtypes, callbacks and classes of strangers are placeholders, whatever is done with them', () => {
    const opaque = (name: string) => ({ type: 'opaque', name });
    expect(read(bytesOf("cpathlib\nPosixPath\n(S'/'\nS'a'\ntR."))).toEqual(
      opaque('pathlib.PosixPath'),
    );
    expect(read(bytesOf('ctorch\nfloat32\n.'))).toEqual(opaque('torch.float32'));
    expect(read(bytesOf('cbuiltins\nint\n.'))).toEqual(opaque('builtins.int'));
    expect(read(bytesOf('ctorch.nn.modules.linear\nLinear\n)\x81}b.'))).toEqual(
      opaque('torch.nn.modules.linear.Linear'),
    );
    expect(read(bytesOf('ca.b\nC\n)\x81K\x01aK\x02K\x03s(K\x04K\x05u}b.'))).toEqual(
      opaque('a.b.C'),
    );
    const callbacks = read(bytesOf('}clightning.callbacks\nEarlyStopping\nK\x01s.')) as Map<
      unknown,
      unknown
    >;
    expect([...callbacks]).toEqual([[opaque('lightning.callbacks.EarlyStopping'), 1]]);
    for (const name of ['constructor\nconstructor', 'numpy.core.multiarray\nconstructor'])
      expect(read(bytesOf(`c${name}\n.`))).toEqual(opaque(name.replace('\n', '.')));
  });

  test('a program inside the bytes of a nested storage', () => {
    const inner = bytesOf("cos\nsystem\n(S'touch owned'\ntR.");
    const outer = `ctorch.storage\n_load_from_bytes\n(C${String.fromCharCode(inner.length)}${String.fromCharCode(...inner)}tR.`;
    const loadBytes = (bytes: Uint8Array) => read(bytes);

    expect(() => unpickle(bytesOf(outer), { path: 'file.pkl', loadBytes })).toThrow('os.system');
    expect(() => read(bytesOf(outer))).toThrow('expected a plain pickle, got a nested torch file');
  });

  test('extension codes and out-of-band buffers are no instructions here', () => {
    for (const code of ['\x82', '\x83', '\x84', '\x97', '\x92'])
      expect(() => read(bytesOf(`${code}\0\0\0\0.`))).toThrow('expected a pickle, got instruction');
  });
});

describe('[F3] a pickle that is cut short, inconsistent or a bomb is a data error', () => {
  test('every proper prefix of a good pickle', () => {
    const whole = Uint8Array.from(Buffer.from(plain['4']!, 'hex'));
    for (let length = 0; length < whole.length; length++)
      expect(() => read(whole.subarray(0, length))).toThrow(/^file\.pkl: expected/);
  });

  test.each([
    ['8 exabytes of text', '\x8d\xff\xff\xff\xff\xff\xff\xff\x7f.', 'truncated'],
    ['an integer of 2 GB', '\x8b\xff\xff\xff\x7f.', 'expected an integer of at most 1024 bytes'],
    ['a decimal of 10,000 digits', `L${'9'.repeat(10_000)}L\n.`, 'expected a decimal number'],
    ['an empty stack', '.', 'expected a value on the stack'],
    ['a missing mark', 't.', 'expected a mark'],
    ['an unknown memo', 'h\x05.', 'expected value 5 to be known'],
    ['items for no dict', '](K\x01K\x02u.', 'expected a dict to fill'],
    ['a called number', 'K\x01)R.', 'expected a name to call'],
    ['state for a list', ']}b.', 'expected no state for a list'],
    ['protocol 9', '\x80\x09N.', 'expected a pickle protocol up to 5, got 9'],
    ['a persistent id', 'K\x01Q.', 'got a persistent id'],
  ])('%s', (_, program, message) => {
    expect(() => read(bytesOf(program))).toThrow(message);
  });

  test('pairs that are none, and a value that is copied over and over', () => {
    expect(() => read(bytesOf('ccollections\nOrderedDict\n(]K\x01atR.'))).toThrow(
      'file.pkl: expected the pairs of a dict, got a list of 1',
    );
    const dict = `}q\0(${Array.from({ length: 200 }, (_, i) => `K${String.fromCharCode(i)}N`).join('')}u`;
    const copies = 'ccollections\nOrderedDict\nq\x01'.concat('h\x01h\0\x85R0'.repeat(2000));
    expect(() => read(bytesOf(`${dict}${copies}.`))).toThrow(
      'expected each value to be copied once',
    );
  });

  test('a billion references cost one list each', () => {
    const level = `(${'h\0'.repeat(9)}l`;
    const program = `]q\0${`${level}q\0`.repeat(30)}.`;
    expect(read(bytesOf(program))).toHaveLength(9);
  });
});
