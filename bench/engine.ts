/** Training steps and inference of the method's networks against PyTorch, on the same cores. */

import {
  type Contestant,
  openInference,
  openTraining,
  paperSetting,
  threads,
  trainings,
} from './contestants.ts';
import { costOfOurs, costOfPeer } from './fresh-process.ts';
import { type Bench, compare, type Row, rowOf, timeMs } from './measure.ts';
import { openPeer } from './peer-process.ts';

// The paper's setting, or smaller for a quick look: npm run bench -- engine 2 96
const batch = Number(process.argv[3] ?? paperSetting.batch);
const size = Number(process.argv[4] ?? paperSetting.size);
const environment = { BATCH: String(batch), SIZE: String(size), THREADS: String(threads) };
const largest = 'deeplab-r50';
const trainRuns = 3;
const inferRuns = 5;

const works = [
  'densenet121 train',
  'densenet121 infer',
  'deeplab-r18 train',
  'deeplab-r18 infer',
  'deeplab-r50 train',
  'irnet train',
] as const;

export const bench: Bench = {
  title: `One step at batch ${batch}, ${size} x ${size}, ${threads} threads; PyTorch eager in the faster of NCHW and channels_last`,
  async run() {
    const peer = await openPeer('engine.py', environment);
    const rows: Row[] = [];
    for (const work of works) {
      const [name, mode] = work.split(' ') as [string, 'train' | 'infer'];
      const ours = await open(name, mode);
      // Warm-up: ONNX Runtime's memory still grows in the second step; the peer has had three by its first measured one.
      await ours.step();
      await ours.step();
      await peer.ask(work);
      const runs = mode === 'train' ? trainRuns : inferRuns;
      rows.push(
        await compare({ work, runs, ours: () => timeMs(ours.step), peer: () => peer.ask(work) }),
      );
      await ours.dispose();
    }
    peer.close();
    const { costs, notes } = await measureCosts();
    return { rows: [...rows, ...costs], peer: peer.versions, notes };
  },
};

/** Peaks of memory, each in a process of its own, and how long the largest takes to its first step. */
async function measureCosts(): Promise<{ costs: Row[]; notes: string }> {
  const costs: Row[] = [];
  let notes = '';
  for (const name of Object.keys(trainings)) {
    const work = `${name} train`;
    const ours = await costOfOurs(name, { batch, size });
    const peer = await costOfPeer(work, environment);
    const row = { unit: 'MiB', runs: 1 };
    costs.push(rowOf({ work: `${work} memory`, ours: ours.peakMiB, peer: peer.peakMiB, ...row }));
    if (name !== largest) continue;
    const start = { unit: 's', runs: 1 };
    costs.push(
      rowOf({
        work: `${work}, until the first step is taken`,
        ours: ours.startS,
        peer: peer.startS,
        ...start,
      }),
    );
    notes = `Memory: peak of resident memory of a process that takes three steps. First step: from the network's definition (weights drawn, for ours the program traced, differentiated and compiled) to its end; lowering and ONNX Runtime's session are ${ours.compileS.toFixed(1)} s of ours.`;
  }
  return { costs, notes };
}

const open = (name: string, mode: 'train' | 'infer'): Promise<Contestant> =>
  mode === 'train'
    ? openTraining(trainings[name]!({ batch, size }))
    : openInference(name, { batch, size });
