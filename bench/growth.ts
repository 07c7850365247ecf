/** Whether memory grows with time: resident memory after thousands of steps and hundreds of compilations over that after a warm-up. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { adam, createTrainer } from '@radiograph/tensor';
import { binaryCrossEntropy } from '../packages/nodes-chexseg/src/losses/losses.ts';
import {
  type DenseNetConfig,
  denseNetFeatures,
  denseNetHead,
} from '../packages/nodes-chexseg/src/models/densenet.ts';
import { type Bench, type Row, rowOf } from './measure.ts';

const config: DenseNetConfig = {
  blocks: [2, 2, 2, 2],
  growth: 8,
  initialFeatures: 16,
  bottleneck: 2,
  dropRate: 0.1,
  channels: 3,
};
const [batch, size, classes] = [4, 64, 10];

const work = {
  steps: { warmUp: 500, measured: 2000 },
  compilations: { warmUp: 50, measured: 200 },
} as const;
type Name = keyof typeof work;
const names: readonly Name[] = ['steps', 'compilations'];
const self = fileURLToPath(import.meta.url);

export const bench: Bench = {
  title: `Resident memory of a process that trains a small DenseNet (batch ${batch}, ${size} x ${size}), after garbage collection`,
  async run() {
    const rows: Row[] = [];
    for (const name of names) rows.push(await growthOf(name));
    const notes = `Warm-up: ${work.compilations.warmUp} compilations with a step each, ${work.steps.warmUp} steps; a process for each row.`;
    return { rows, peer: 'the same process after its warm-up', notes };
  },
};

type Growth = { readonly before: number; readonly after: number };

async function growthOf(name: Name): Promise<Row> {
  const child = fork(self, [name], { execArgv: [...process.execArgv, '--expose-gc'] });
  const [growth] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof growth !== 'object') throw new Error(`${name} ended with code ${growth}`);
  const { before, after } = growth as Growth; // what `growHere` sends
  const title = `memory after ${work[name].measured} ${name}`;
  return rowOf({ work: title, ours: after, peer: before, unit: 'MiB', runs: 1 });
}

async function growHere(name: Name): Promise<Growth> {
  const { warmUp, measured } = work[name];
  const act = await actions[name]();
  for (let i = 0; i < warmUp; i++) await act();
  const before = await residentMiB();
  for (let i = 0; i < measured; i++) await act();
  return { before, after: await residentMiB() };
}

async function residentMiB(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.(); // in `growthOf`
    await setTimeout(100); // native memory goes after the objects that own it
  }
  return process.memoryUsage.rss() / 2 ** 20;
}

type Trainer = Awaited<ReturnType<typeof createTrainer>>;

const open = (): Promise<Trainer> =>
  createTrainer({
    inputs: { image: [batch, 3, size, size], target: [batch, classes] },
    loss: ({ image, target }, scope) => {
      const logits = denseNetHead(scope, denseNetFeatures(scope, image!, config), classes);
      return { loss: binaryCrossEntropy(logits, { target: target!, weight: target! }) };
    },
    optimizer: adam(),
    seed: 1,
    threads: 2,
  });

const feeds = {
  image: Float32Array.from({ length: batch * 3 * size * size }, (_, i) => Math.sin(i)),
  target: new Float32Array(batch * classes).fill(1),
};

const step = (trainer: Trainer) => trainer.step(feeds, { learningRate: 1e-4 });

const actions: Readonly<Record<Name, () => Promise<() => Promise<unknown>>>> = {
  async steps() {
    const trainer = await open();
    return () => step(trainer);
  },
  compilations: async () => async () => {
    const trainer = await open();
    await step(trainer);
    await trainer.dispose();
  },
};

if (process.send !== undefined && process.argv[1] === self) {
  process.send(await growHere(names.find((name) => name === process.argv[2])!));
  process.exit();
}
