/** Small node types for the tests of the runtime. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { dataError, defineNode, port } from '@radiograph/graph';
import type { Table } from '@radiograph/kinds';
import { z } from 'zod';
import type { NodePackage } from '../sources/implementation-digest.ts';

const tableOf = (value: number): Table => ({
  title: 'numbers',
  columns: ['value'],
  rows: [[value]],
});
const numberOf = ({ rows }: Table): number => rows[0]![0] as number; // made by tableOf

const number = defineNode({
  type: 'test.number',
  version: 1,
  title: 'Number',
  manual: 'A number; `note` changes the key and not the result.',
  inputs: {},
  outputs: { table: port('table', 'the number') },
  params: z.strictObject({ value: z.number().default(1), note: z.string().default('') }),
  run: async (_, { value }, { log }) => {
    log(`value ${value}`);
    return { table: tableOf(value) };
  },
});

const double = defineNode({
  type: 'test.double',
  version: 1,
  title: 'Double',
  manual: 'Twice a number.',
  inputs: { table: port('table', 'a number') },
  outputs: { table: port('table', 'twice it') },
  params: z.strictObject({}),
  run: async ({ table }, _, { progress }) => {
    progress({ done: 1, total: 1, unit: 'number' });
    return { table: tableOf(2 * numberOf(table)) };
  },
});

const ways = ['data', 'bug', 'exit', 'kill', 'nan', 'wait', 'hang'] as const;

const fail = defineNode({
  type: 'test.fail',
  version: 1,
  title: 'Fail',
  manual: 'Fails in every way that a node can.',
  inputs: { table: port('table', 'a number') },
  outputs: { predictions: port('predictions', 'never seen') },
  params: z.strictObject({ how: z.enum(ways).default('data') }),
  run: async (_, { how }, { progress }) => {
    if (how === 'data') throw dataError('somewhere', 'expected good data, got bad');
    if (how === 'bug') throw new Error('internal: a bug');
    if (how === 'exit') process.exit(9);
    if (how === 'kill') process.kill(process.pid, 'SIGKILL');
    if (how === 'hang') for (;;); // never looks at the signal
    for (let i = 0; how === 'wait' && i < 1000; i++) {
      await setTimeout(20);
      progress({ done: i, total: 1000, unit: 'nap' });
    }
    const probabilities = Float32Array.of(0.5, Number.NaN);
    return {
      predictions: {
        ids: ['a'],
        classes: ['x'],
        size: [1, 2],
        frames: [],
        thresholds: [0.5],
        probabilities,
      },
    };
  },
});

const picture = defineNode({
  type: 'test.picture',
  version: 1,
  title: 'Picture',
  manual: 'A file as a figure; shows that sources enter the key.',
  inputs: {},
  outputs: { figure: port('figure', 'the bytes of a file') },
  params: z.strictObject({ file: z.string().default('picture.bin') }),
  sources: ({ file }) => [file],
  run: async (_, { file }, { resolvePath }) => {
    writeFileSync(`${resolvePath(file)}.read`, '');
    return { figure: { caption: file, width: 1, height: 1, png: Uint8Array.of(1, 2, 3) } };
  },
});

const meet = defineNode({
  type: 'test.meet',
  version: 1,
  title: 'Meet',
  manual: 'Waits until a step of the other name has begun; ends alone if none comes.',
  inputs: {},
  outputs: { table: port('table', '1 if the other came, else 0') },
  params: z.strictObject({
    me: z.string().default('a'),
    other: z.string().default('b'),
    patienceMs: z.number().default(0),
    folder: z.string().default('.'),
  }),
  run: async (_, { me, other, patienceMs, folder }, { resolvePath }) => {
    const at = resolvePath(folder);
    writeFileSync(join(at, `${me}.here`), '');
    for (let waitedMs = 0; waitedMs <= patienceMs; waitedMs += 10) {
      if (existsSync(join(at, `${other}.here`))) return { table: tableOf(1) };
      await setTimeout(10);
    }
    return { table: tableOf(0) };
  },
});

let runsHere = 0; // of this process

const ownProcess = defineNode({
  type: 'test.process',
  version: 1,
  title: 'Process',
  manual: 'The process that it runs in; can refuse to run in one that is not new.',
  inputs: { table: port('table', 'a number') },
  outputs: { table: port('table', 'the number of the process') },
  params: z.strictObject({ diesIfOld: z.boolean().default(false) }),
  run: async ({ table }, { diesIfOld }) => {
    if (diesIfOld && runsHere > 0) process.kill(process.pid, 'SIGKILL');
    runsHere++;
    process.stdout.write(`run ${runsHere} for ${numberOf(table)}\n`);
    return { table: tableOf(process.pid) };
  },
});

/** The package of the runtime's own tests. */
export const testPackages: readonly NodePackage[] = [
  {
    name: 'test',
    sourceFolders: [fileURLToPath(new URL('.', import.meta.url))],
    nodeTypes: [number, double, fail, picture, meet, ownProcess],
  },
];
