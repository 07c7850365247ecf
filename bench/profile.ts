/**
 * Where a training step spends its time, by ONNX Runtime's own profiler: `npm run bench -- engine-profile densenet121`.
 * Shares of kernel time, per operation of our program and kernel that computes it. Not a comparison, so no table of RESULTS.md.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, openEngine } from '@radiograph/tensor';
import { openTraining, paperSetting, trainings } from './contestants.ts';

type KernelEvent = {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly ts: number;
  readonly args?: { readonly op_name?: string };
};

/** Prints a profile of one training step of each network named, or of all, in the paper's setting. */
export async function printProfiles(names: readonly string[]): Promise<void> {
  for (const name of names.length === 0 ? Object.keys(trainings) : names) {
    const open = trainings[name];
    if (open === undefined)
      throw new Error(`no network ${name}, expected one of ${Object.keys(trainings).join(', ')}`);
    const events = await profileStep(open(paperSetting));
    console.log(`\n${name} train: ${sum(events).toFixed(0)} ms in kernels\n`);
    console.log(printShares(events));
  }
}

/** Kernel events of the third step: the first two still grow ONNX Runtime's memory. */
async function profileStep(training: Parameters<typeof openTraining>[0]): Promise<KernelEvent[]> {
  const folder = mkdtempSync(join(tmpdir(), 'radiograph-profile-'));
  const ort = openEngine('ort');
  const engine: Engine = {
    ...ort,
    createSession: (program, options) =>
      ort.createSession(program, { ...options, profilePrefix: join(folder, 'step') }),
  };
  const { step, dispose } = await openTraining(training, engine);
  for (let i = 0; i < 3; i++) await step();
  await dispose();
  const file = readdirSync(folder)[0]!;
  const all = JSON.parse(readFileSync(join(folder, file), 'utf8')) as KernelEvent[];
  rmSync(folder, { recursive: true });
  const lastRun = Math.max(...all.filter(({ name }) => name === 'model_run').map(({ ts }) => ts));
  return all.filter(
    ({ cat, name, ts }) => cat === 'Node' && name.endsWith('_kernel_time') && ts >= lastRun,
  );
}

function printShares(events: readonly KernelEvent[]): string {
  const groups = new Map<string, KernelEvent[]>();
  for (const event of events) {
    const op = /\w+(?=#)/.exec(event.name)?.[0] ?? 'other';
    const key = `${op} | ${event.args?.op_name}`;
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  const total = sum(events);
  const rows = [...groups]
    .map(([key, group]) => ({ key, ms: sum(group), count: group.length }))
    .sort((a, b) => b.ms - a.ms)
    .filter(({ ms }) => ms > total / 200);
  return [
    '| operation | kernel | calls | ms | share |',
    '| --- | --- | ---: | ---: | ---: |',
    ...rows.map(
      ({ key, ms, count }) =>
        `| ${key} | ${count} | ${ms.toFixed(0)} | ${((100 * ms) / total).toFixed(1)} % |`,
    ),
  ].join('\n');
}

const sum = (events: readonly KernelEvent[]): number =>
  events.reduce((total, { dur }) => total + dur, 0) / 1000;
