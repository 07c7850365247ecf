/** Nodes that misbehave in every way that a node can. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataError, defineNode, port } from '@radiograph/graph';
import type { Table } from '@radiograph/kinds';
import type { NodePackage } from '@radiograph/runtime';
import { z } from 'zod';

const tableOf = (value: number): Table => ({ title: 'n', columns: ['n'], rows: [[value]] });
const lie = (value: unknown) => value as Table; // a node in JavaScript has no compiler

/** A dear step's results are files of their own, those of others lie in the journal. */
const dear = { isDear: z.boolean().default(false) };
const dearMs = 60;

const number = defineNode({
  type: 'fault.number',
  version: 1,
  title: 'Number',
  manual: 'A number.',
  inputs: {},
  outputs: { table: port('table', 'it'), file: port('file', 'as many bytes') },
  params: z.strictObject({ value: z.number().default(1), note: z.string().default(''), ...dear }),
  run: async (_, { value, isDear, note }, context) => {
    if (isDear) await sleep(dearMs);
    if (note === 'counted') context.note({ numbers: value });
    const file = { description: 'x', extension: '.bin', bytes: new Uint8Array(value) };
    return { table: tableOf(value), file };
  },
});

const double = defineNode({
  type: 'fault.double',
  version: 1,
  title: 'Double',
  manual: 'Twice it.',
  inputs: { table: port('table', 'a number') },
  outputs: { table: port('table', 'twice it') },
  params: z.strictObject({ note: z.string().default(''), ...dear }),
  run: async ({ table }, { isDear }) => {
    if (isDear) await sleep(dearMs);
    return { table: tableOf(2 * Number(table.rows[0]![0])) };
  },
});

const weights = defineNode({
  type: 'fault.weights',
  version: 1,
  title: 'Weights',
  manual: 'A model, which stays in the store.',
  inputs: {},
  outputs: { model: port('model', 'four weights') },
  params: z.strictObject({ ...dear }),
  run: async (_, { isDear }) => {
    if (isDear) await sleep(dearMs);
    return {
      model: {
        role: 'classifier',
        architecture: { family: 'fault' },
        classes: ['x'],
        inputSize: [1, 1],
        normalization: { mean: 0, std: 1 },
        thresholds: null,
        weights: new Map([['w', { shape: [4], data: Float32Array.of(1, 2, 3, 4) }]]),
      },
    };
  },
});

const sum = defineNode({
  type: 'fault.sum',
  version: 1,
  title: 'Sum',
  manual: 'The sum of the weights.',
  inputs: { model: port('model', 'weights') },
  outputs: { table: port('table', 'their sum') },
  params: z.strictObject({ note: z.string().default('') }),
  run: async ({ model }) => {
    const { data } = model.weights.get('w')!;
    return { table: tableOf(data.reduce((total, value) => total + value, 0)) };
  },
});

async function die(signal: NodeJS.Signals): Promise<Table> {
  process.kill(process.pid, signal);
  await sleep(10_000);
  return tableOf(0);
}

/** What each way of failing does; one that returns gives its output. */
const ways = {
  throw: () => {
    throw dataError('scan.png', 'expected a radiograph, got a holiday picture');
  },
  'throw text': () => {
    throw 'something';
  },
  hang: () => {
    for (;;);
  },
  print: () => {
    process.stdout.write(Buffer.from([0xff, 0xfe, 0x07, 0x1b, 0x5b, 0x32, 0x4a, 0x0a]));
    process.stdout.write('{"id":1,"type":"run-finished"}\n\u0000\n');
    process.stderr.write('x'.repeat(10_000));
    return tableOf(1);
  },
  'wrong kind': () => lie({ ids: ['a'], classes: [] }),
  'no object': () => lie(7),
  nothing: () => lie(undefined),
  nan: () => tableOf(Number.NaN),
  'out of memory': () => {
    for (const kept: unknown[] = []; ; ) kept.push(new Array(1e5).fill(kept.length));
  },
  abort: () => process.abort(),
  kill: () => die('SIGKILL'),
  segfault: () => die('SIGSEGV'),
  exit: () => process.exit(3),
} satisfies Record<string, () => Table | Promise<Table>>;

export type Way = keyof typeof ways;
const wayNames = Object.keys(ways) as [Way, ...Way[]];

const fail = defineNode({
  type: 'fault.fail',
  version: 1,
  title: 'Fail',
  manual: 'Fails.',
  inputs: { table: port('table', 'anything') },
  outputs: { table: port('table', 'rarely seen') },
  params: z.strictObject({ how: z.enum(wayNames).default('throw') }),
  run: async (_, { how }) => ({ table: await ways[how]() }),
});

const read = defineNode({
  type: 'fault.read',
  version: 1,
  title: 'Read',
  manual: 'The length of a file, which grows meanwhile where `grow` says so.',
  inputs: {},
  outputs: { table: port('table', 'the length') },
  params: z.strictObject({
    file: z.string().default('data.txt'),
    grow: z.boolean().default(false),
  }),
  sources: ({ file }) => [file],
  run: async (_, { file, grow }, { resolvePath }) => {
    if (grow) appendFileSync(resolvePath(file), 'more');
    return { table: tableOf(readFileSync(resolvePath(file)).length) };
  },
});

const tell = defineNode({
  type: 'fault.tell',
  version: 1,
  title: 'Tell',
  manual: 'Logs a line, shows a picture, and reports progress until there is a file.',
  inputs: { table: port('table', 'anything') },
  outputs: { table: port('table', '1') },
  params: z.strictObject({ until: z.string().default('.') }),
  run: async (_, { until }, { log, preview, progress, resolvePath }) => {
    log('begins');
    const picture = { id: 'a', width: 1, height: 1 };
    preview([{ ...picture, pixels: Uint8Array.of(7), classes: Uint8Array.of(0) }]);
    for (let done = 1; ; done++) {
      progress({ done, total: 1000, unit: 'look', metrics: { loss: 1 / done } });
      if (existsSync(resolvePath(until))) return { table: tableOf(1) };
      await sleep(20);
    }
  },
});

/** The package; `folder` holds the code that computes it. */
export function faultPackages(folder: string): readonly NodePackage[] {
  return [
    {
      name: 'fault',
      sourceFolders: [folder],
      nodeTypes: [number, double, weights, sum, fail, read, tell],
    },
  ];
}
