/**
 * Interrupts runs as terminals and schedulers do, and looks whether a batch was lost or computed twice.
 *
 * Each trial runs in a pseudo terminal, with checkpoints so rare that only the interruption makes one. It survives if the interrupted run
 * ended by itself, the run that goes on has the digests of an undisturbed one, and both together computed every batch exactly once.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRun } from '@radiograph/runtime';
import { createRandom } from '@radiograph/statistics';
import { buildPrograms } from '../build-programs.ts';
import { batchesOf } from './nodes.ts';

const ways = {
  'Ctrl-C': (terminal: Terminal) => terminal.type(ctrlC),
  'Ctrl-C twice': async (terminal: Terminal) => {
    terminal.type(ctrlC);
    await sleep(600); // sooner it is npx's echo
    terminal.type(ctrlC);
  },
  'closed terminal': (terminal: Terminal) => terminal.close(),
  'SIGTERM to all': (terminal: Terminal) => terminal.signalGroup('SIGTERM'),
} as const;
type Way = keyof typeof ways;
const wayNames = Object.keys(ways) as Way[]; // a literal has no other keys
const ctrlC = '\x03';

/** One interruption. `problems` is empty if the trial survived it. */
export type Interruption = {
  readonly number: number;
  readonly way: Way;
  /** How many batches had been computed when it came. */
  readonly batch: number;
  readonly problems: readonly string[];
};

export type InterruptCampaign = {
  readonly trials: number;
  readonly seed: number;
  /** An empty folder for the programs and the stores. */
  readonly folder: string;
  readonly onTrial?: (trial: Interruption) => void;
};

/** Runs a campaign; needs `script` of util-linux for the terminals. @throws if the undisturbed run fails. */
export async function interrupt(campaign: InterruptCampaign): Promise<Interruption[]> {
  const { trials, seed, folder, onTrial } = campaign;
  const names = ['runner', 'worker'];
  const programs = await buildPrograms(import.meta.dirname, names, join(folder, 'programs'));
  const whole = join(folder, 'undisturbed');
  await openTerminal(programs, whole).ended;
  const expected = await readOutputs(whole);
  const results: Interruption[] = [];
  for (let number = 0; number < trials; number++) {
    const random = createRandom(seed, 'interrupt', String(number));
    const way = wayNames[number % wayNames.length]!;
    const batch = 1 + Math.floor(random.next() * (batchesOf(whole).length - 2));
    const home = join(folder, `interrupted-${number}`);
    const problems = await interruptOnce({ programs, home, way, batch, expected });
    results.push({ number, way, batch, problems });
    onTrial?.(results.at(-1)!);
  }
  return results;
}

type Trial = Pick<Interruption, 'way' | 'batch'> & {
  readonly programs: string;
  readonly home: string;
  readonly expected: string;
};

async function interruptOnce({ programs, home, way, batch, expected }: Trial): Promise<string[]> {
  const first = openTerminal(programs, home);
  await Promise.race([untilBatch(home, batch), first.ended]);
  await ways[way](first);
  await first.ended;
  await untilGone(join(home, 'worker.pid'));
  const before = batchesOf(home);
  await openTerminal(programs, home).ended;
  const batches = batchesOf(home);
  const twice = batches.filter((line, i) => batches.indexOf(line) !== i);
  const problems = twice.map((line) => `computed twice: ${line}`);
  const outputs = await readOutputs(home).catch(String);
  if (outputs !== expected) problems.push(`came out as ${outputs}, not as ${expected}`);
  if (before.length === 0) problems.push('the interrupted run computed nothing');
  return problems;
}

type Terminal = {
  readonly type: (keys: string) => void;
  /** As a window that is closed: the system hangs up on all that it holds. */
  readonly close: () => void;
  readonly signalGroup: (signal: NodeJS.Signals) => void;
  /** When the run in it has ended. */
  readonly ended: Promise<unknown>;
};

/** Runs the graph in a pseudo terminal of its own. */
function openTerminal(programs: string, home: string): Terminal {
  mkdirSync(home, { recursive: true });
  const child = spawn('script', ['-qefc', '"$NODE" "$RUNNER" "$CRASH_TRACE" rarely', '/dev/null'], {
    env: {
      ...process.env,
      NODE: process.execPath,
      RUNNER: join(programs, 'runner.js'),
      CRASH_TRACE: home,
    },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.on('error', () => {}); // the run was faster than the keys
  const ended = once(child, 'exit').then(() => untilGone(join(home, 'runner.pid')));
  return {
    type: (keys) => child.stdin?.write(keys),
    close: () => child.kill('SIGKILL'),
    signalGroup: (signal) => signalAll(home, signal, child),
    ended,
  };
}

/** The runner and its worker, as Slurm does to all processes of a job. */
function signalAll(home: string, signal: NodeJS.Signals, terminal: ChildProcess): void {
  for (const name of ['runner.pid', 'worker.pid']) {
    const pid = readPid(join(home, name));
    if (pid !== undefined && pid !== terminal.pid) process.kill(pid, signal);
  }
}

async function untilBatch(home: string, count: number): Promise<void> {
  while (batchesOf(home).length < count) await sleep(2);
}

const readPid = (path: string): number | undefined =>
  existsSync(path) ? Number(readFileSync(path, 'utf8')) || undefined : undefined;

async function untilGone(path: string): Promise<void> {
  for (let i = 0; i < 600 && isRunning(readPid(path)); i++) await sleep(20);
}

/** A process that has ended and that nobody has asked for still has its number. */
function isRunning(pid: number | undefined): boolean {
  try {
    return pid !== undefined && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function readOutputs(home: string): Promise<string> {
  const { status, steps } = await readRun(home, 'latest');
  const outputs = Object.entries(steps).map(([id, step]) => [id, step.outputs]);
  return `${status} ${JSON.stringify(outputs.sort())}`;
}
