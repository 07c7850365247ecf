/** Sweeps in processes of their own, as the command line runs them: they outlive the server, and are stopped by a signal. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { summarizeSweeps } from '@radiograph/sweep';
import { HttpError } from './http-error.ts';

const bin = fileURLToPath(new URL('../../bin/radiograph.js', import.meta.url));
const pauseMs = 100;

export type Launch = {
  readonly home: string;
  readonly workspace: string;
  readonly graphPath: string;
  /** The graph as it is now, saved or not. */
  readonly text: string;
  /** Flags of `radiograph sweep`. */
  readonly flags: readonly string[];
};

/** Starts a sweep and waits for its record. @throws a refusal with what the command said, if it ended before. */
export async function launchSweep(launch: Launch): Promise<string> {
  const { home } = launch;
  await mkdir(home, { recursive: true });
  const log = join(home, `sweep-${randomUUID()}.log`);
  const output = await open(log, 'w');
  try {
    const { pid, hasEnded } = spawnSweep(launch, output.fd);
    const sinceMs = Date.now();
    for (;;) {
      const isLast = hasEnded();
      const found = (await summarizeSweeps(home)).find(
        (sweep) => sweep.pid === pid && Date.parse(sweep.startedAt) >= sinceMs - 1000,
      );
      if (found !== undefined) return found.sweepId;
      if (isLast) throw refuse(await readFile(log, 'utf8'));
      await setTimeout(pauseMs);
    }
  } finally {
    await output.close();
    await rm(log, { force: true }); // the process keeps what it writes to
  }
}

function spawnSweep({ home, workspace, graphPath, text, flags }: Launch, output: number) {
  const child = spawn(process.execPath, [bin, 'sweep', graphPath, '--stdin', ...flags], {
    cwd: workspace,
    detached: true,
    env: { ...process.env, RADIOGRAPH_HOME: home },
    stdio: ['pipe', output, output],
  });
  let ended = false;
  const end = () => {
    ended = true;
  };
  child.once('exit', end).once('error', end);
  child.stdin?.on('error', () => {}); // it ended before it had read the graph: its words say why
  child.stdin?.end(text);
  child.unref();
  return { pid: child.pid, hasEnded: () => ended };
}

function refuse(said: string): HttpError {
  const lines = said.trim().split('\n').slice(-20).join('\n');
  const message = lines.replace(/^error: /, '') || 'expected the sweep to start, it ended at once';
  return new HttpError(400, { code: 'usage', problem: { path: 'sweep', message } });
}
