/** Whether memory grows with time: resident memory after thousands of steps and hundreds of compilations over that after a warm-up. */
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

export const bench: Bench = {
  title: `Resident memory of a process that trains a small DenseNet (batch ${batch}, ${size} x ${size})`,
  async run() {
    const rows = [
      await measureGrowth('compilations', async () => {
        const trainer = await open();
        await step(trainer);
        await trainer.dispose();
      }),
    ];
    const trainer = await open();
    rows.push(await measureGrowth('steps', () => step(trainer)));
    await trainer.dispose();
    const notes = `Warm-up: ${work.compilations.warmUp} compilations with a step each, ${work.steps.warmUp} steps.`;
    return { rows, peer: 'the same process after its warm-up', notes };
  },
};

async function measureGrowth(name: keyof typeof work, act: () => Promise<unknown>): Promise<Row> {
  const { warmUp, measured } = work[name];
  for (let i = 0; i < warmUp; i++) await act();
  const before = residentMiB();
  for (let i = 0; i < measured; i++) await act();
  const title = `memory after ${measured} ${name}`;
  return rowOf({ work: title, ours: residentMiB(), peer: before, unit: 'MiB', runs: 1 });
}

const residentMiB = (): number => process.memoryUsage.rss() / 2 ** 20;

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
