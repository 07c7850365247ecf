/** What a training costs a process of its own, ours and the peer's: peak of resident memory, time to the end of the first step. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Engine, openEngine } from '@radiograph/tensor';
import { openTraining, type Setting, trainings } from './contestants.ts';
import { openPeer } from './peer-process.ts';

export type Cost = {
  readonly peakMiB: number;
  /** From the network's definition to the end of its first step. */
  readonly startS: number;
};
/** `compileS`: lowering and ONNX Runtime's session alone. */
type OurCost = Cost & { readonly compileS: number };

const self = fileURLToPath(import.meta.url);
const steps = 3; // ONNX Runtime's memory still grows in the second step

/** Trains a few steps in a child of this process. */
export async function costOfOurs(name: string, { batch, size }: Setting): Promise<OurCost> {
  const child = fork(self, [name, String(batch), String(size)]);
  const [cost] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof cost !== 'object') throw new Error(`training ${name} ended with code ${cost}`);
  return cost as OurCost; // what `measureHere` sends
}

/** The least of both memory layouts, each in a process that keeps nothing else. */
export async function costOfPeer(
  work: string,
  environment: Readonly<Record<string, string>>,
): Promise<Cost> {
  const costs: Cost[] = [];
  for (const layout of ['nchw', 'channels_last']) {
    const peer = await openPeer('engine.py', { ...environment, LAYOUT: layout });
    costs.push(await peer.cost(work)); // its third step, too
    peer.close();
  }
  const least = (of: (cost: Cost) => number) => Math.min(...costs.map(of));
  return { peakMiB: least((cost) => cost.peakMiB), startS: least((cost) => cost.startS) };
}

async function measureHere([name, batch, size]: readonly string[]): Promise<OurCost> {
  let compileMs = 0;
  const ort = openEngine('ort');
  const engine: Engine = {
    ...ort,
    async createSession(program, options) {
      const startedMs = performance.now();
      const session = await ort.createSession(program, options);
      compileMs = performance.now() - startedMs;
      return session;
    },
  };
  const training = trainings[name!]!({ batch: Number(batch), size: Number(size) });
  const startedMs = performance.now();
  const { step } = await openTraining(training, engine);
  await step();
  const firstMs = performance.now() - startedMs;
  for (let i = 1; i < steps; i++) await step();
  return {
    peakMiB: process.resourceUsage().maxRSS / 1024,
    startS: firstMs / 1000,
    compileS: compileMs / 1000,
  };
}

if (process.send !== undefined && process.argv[1] === self) {
  process.send(await measureHere(process.argv.slice(2)));
  process.disconnect();
}
