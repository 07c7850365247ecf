/** Training steps and inference of the method's networks against PyTorch, on the same cores. */

import {
  type Contestant,
  openInference,
  openTraining,
  paperSetting,
  threads,
  trainings,
} from './contestants.ts';
import { type Bench, compare, type Row, timeMs } from './measure.ts';
import { openPeer } from './peer-process.ts';

// The paper's setting, or smaller for a quick look: npm run bench -- engine 2 96
const batch = Number(process.argv[3] ?? paperSetting.batch);
const size = Number(process.argv[4] ?? paperSetting.size);
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
    const peer = await openPeer('engine.py', {
      BATCH: String(batch),
      SIZE: String(size),
      THREADS: String(threads),
    });
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
    return { rows, peer: peer.versions };
  },
};

const open = (name: string, mode: 'train' | 'infer'): Promise<Contestant> =>
  mode === 'train'
    ? openTraining(trainings[name]!({ batch, size }))
    : openInference(name, { batch, size });
