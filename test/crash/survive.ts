/**
 * Kills runs at random moments and looks whether anything was lost.
 *
 * Each trial has a folder of its own: a run whose worker, runner or both are killed by SIGKILL a random moment after a random one of its
 * events, then a run that goes on. It survives if the second run is done, its outputs have the digests of a run that nobody killed,
 * every artifact can be read, and no step that was recorded when the second run began was started again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore, RunEvent, readRun, takeInventory } from '@radiograph/runtime';
import { createRandom } from '@radiograph/statistics';
import { buildPrograms } from '../build-programs.ts';

const targets = ['worker', 'runner', 'both'] as const;

/** One kill. `problems` is empty if the trial survived it. */
export type Trial = {
  readonly number: number;
  readonly target: (typeof targets)[number];
  /** The event and the milliseconds after it (0: after the start) at which the kill came. */
  readonly event: number;
  readonly afterMs: number;
  /** What the killed run was at: the node, or `planning`, or `the end` if it was faster. */
  readonly killedAt: string;
  readonly problems: readonly string[];
};

export type Campaign = {
  readonly kills: number;
  readonly seed: number;
  /** An empty folder for the programs and the stores. */
  readonly folder: string;
  readonly onTrial?: (trial: Trial) => void;
};

const atOnce = 3;
const longestMs = 30; // about as long as the longest pause between two events

/** Runs a campaign of kills. @throws if the run that nobody kills fails. */
export async function survive({ kills, seed, folder, onTrial }: Campaign): Promise<Trial[]> {
  const programs = await buildPrograms(
    import.meta.dirname,
    ['runner', 'worker'],
    join(folder, 'programs'),
  );
  const whole = await measureWhole(programs, join(folder, 'whole'));
  const trials: Trial[] = [];
  let next = 0;
  const lane = async () => {
    while (next < kills) {
      const number = next++;
      const random = createRandom(seed, 'kill', String(number));
      const target = targets[Math.floor(random.next() * targets.length)]!;
      const event = Math.floor(random.next() * whole.events);
      const afterMs = random.next() * (event === 0 ? whole.firstMs : longestMs);
      const home = join(folder, `trial-${number}`);
      const moment = { target, event, afterMs };
      const trial = await killOnce({ ...moment, programs, home, whole: whole.outputs });
      trials[number] = { number, ...moment, ...trial };
      onTrial?.(trials[number]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return trials;
}

type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The run that nobody kills: its outputs, how many events it has, and when the first comes. */
async function measureWhole(programs: string, home: string) {
  const startedMs = performance.now();
  const run = startRunner(programs, home);
  await run.untilEvent(1);
  const firstMs = performance.now() - startedMs;
  const [code] = await run.ended;
  if (code !== 0)
    throw new Error(`internal: the run that nobody kills failed:
${run.text()}`);
  return { outputs: await readOutputs(home), events: parseEvents(run.text()).length, firstMs };
}

type Kill = Pick<Trial, 'target' | 'event' | 'afterMs'> & {
  readonly programs: string;
  readonly home: string;
  readonly whole: Outputs;
};

async function killOnce({ programs, home, target, event, afterMs, whole }: Kill) {
  const first = startRunner(programs, home);
  await Promise.race([first.untilEvent(event).then(() => sleep(afterMs)), first.ended]);
  const killedAt = lastNode(first.text());
  if (target !== 'runner') kill(workerOf(home, first.child.pid!));
  if (target !== 'worker') kill(first.child.pid);
  await first.ended;
  const recorded = await recordedNodes(home);
  const second = startRunner(programs, home);
  const [code] = await second.ended;
  const problems = code === 0 ? [] : [`the second run ended with ${code}: ${second.text()}`];
  problems.push(...findLosses(await readOutputs(home).catch(() => ({})), whole));
  problems.push(...findRepeats(second.text(), recorded, home));
  problems.push(...(await findDamage(home)));
  await untilGone(workerOf(home, first.child.pid!));
  return { killedAt, problems };
}

type Runner = {
  readonly child: ChildProcess;
  readonly ended: Promise<[number | null]>;
  readonly text: () => string;
  /** Resolves when so many events have come; never if the process ends before. */
  readonly untilEvent: (count: number) => Promise<void>;
};

function startRunner(programs: string, home: string): Runner {
  mkdirSync(home, { recursive: true });
  const child = spawn(process.execPath, [join(programs, 'runner.js'), home], {
    env: { ...process.env, CRASH_TRACE: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let waiting: { readonly count: number; readonly resolve: () => void } | undefined;
  child.stdout.on('data', (data: Buffer) => {
    text += data.toString();
    if (waiting !== undefined && parseEvents(text).length >= waiting.count) waiting.resolve();
  });
  child.stderr.on('data', (data: Buffer) => {
    text += data.toString();
  });
  // `exit`, not `close`: a worker that outlives its runner holds the pipes open.
  const ended = once(child, 'exit').then(([code]): [number | null] => [code as number | null]);
  const untilEvent = (count: number) =>
    new Promise<void>((resolve) => {
      waiting = { count, resolve };
      if (count === 0) resolve();
    });
  return { child, ended, text: () => text, untilEvent };
}

/** The worker of a runner, once it has said so. */
function workerOf(home: string, runner: number): number | undefined {
  const path = join(home, `${runner}.worker`);
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) || undefined : undefined;
}

function kill(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it was faster
  }
}

/** An orphaned worker stops at its next batch; it must not outlive the trial. */
async function untilGone(pid: number | undefined): Promise<void> {
  for (let i = 0; pid !== undefined && existsSync(`/proc/${pid}`) && i < 100; i++) await sleep(50);
}

function parseEvents(text: string): RunEvent[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [RunEvent.parse(JSON.parse(line))];
    } catch {
      return []; // a line that was being written
    }
  });
}

function lastNode(text: string): string {
  const events = parseEvents(text);
  if (events.some(({ type }) => type === 'run-finished')) return 'the end';
  const started = events.findLast(({ type }) => type === 'step-started');
  return started?.type === 'step-started' ? started.nodeId : 'planning';
}

/** Nodes whose step is recorded as finished. */
async function recordedNodes(home: string): Promise<string[]> {
  return (await takeInventory(home)).steps.map(({ record }) => record.nodeId);
}

async function readOutputs(home: string): Promise<Outputs> {
  const { steps } = await readRun(home, 'latest');
  return Object.fromEntries(Object.entries(steps).map(([id, { outputs }]) => [id, outputs]));
}

function findLosses(outputs: Outputs, whole: Outputs): string[] {
  return Object.keys(whole)
    .filter((id) => JSON.stringify(outputs[id]) !== JSON.stringify(whole[id]))
    .map((id) => `${id} came out as ${JSON.stringify(outputs[id])}, not as in the whole run`);
}

function findRepeats(text: string, recorded: readonly string[], home: string): string[] {
  const again = parseEvents(text)
    .filter((event) => event.type === 'step-started' && recorded.includes(event.nodeId))
    .map((event) => `a recorded step ran again: ${JSON.stringify(event)}`);
  const history = join(home, 'store/history');
  const lines = readdirSync(history).flatMap((file) =>
    readFileSync(join(history, file), 'utf8').split('\n').filter(Boolean),
  );
  const twice = lines.filter((line, i) => lines.indexOf(line) !== i);
  return [...again, ...twice.map((line) => `a step finished twice: ${line}`)];
}

async function findDamage(home: string): Promise<string[]> {
  const store = openStore(home);
  const digests = Object.values(await readOutputs(home).catch((): Outputs => ({}))).flatMap(
    (outputs) => Object.values(outputs),
  );
  const problems = digests.map((digest) => store.get(digest).then(() => [], String));
  return (await Promise.all(problems)).flat();
}
