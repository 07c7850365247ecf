/** Ctrl-C, a closed terminal, and what schedulers send: the first asks what runs to stop, a second leaves at once. */
import { isatty } from 'node:tty';
import { exitCodes } from '../exit-codes.ts';

/** A listener that was begun. */
export type CancelListener = { readonly signal: AbortSignal; readonly stop: () => void };

/** What the listener needs of the process; a test gives its own. */
export type Host = {
  readonly on: (name: NodeJS.Signals, listener: (name: NodeJS.Signals) => void) => unknown;
  readonly off: (name: NodeJS.Signals, listener: (name: NodeJS.Signals) => void) => unknown;
  readonly exit: (code: number) => void;
  /** Whether input, output or errors are a terminal. */
  readonly hasTerminal: boolean;
  readonly write: (text: string) => void;
  readonly now: () => number;
};

// SIGBREAK is Ctrl-Break of Windows, where SIGHUP is a closed console. Slurm, systemd and Docker send SIGTERM before SIGKILL.
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

// npx passes Ctrl-C on to the command, which has it from the terminal already: what comes this soon is no second wish.
const echoMs = 500;

const stopping =
  'canceling: the running step stops at its next batch; finished steps are kept (Ctrl-C again leaves at once)';

/** Listens until `stop`; `notice` is said at the first signal. */
export function listenForCancel(notice = stopping, host = thisHost()): CancelListener {
  const controller = new AbortController();
  let firstMs = 0;
  const cancel = (name: NodeJS.Signals): void => {
    const isHangup = name === 'SIGHUP';
    if (isHangup && !host.hasTerminal) return; // nohup: there was no terminal to lose
    if (!controller.signal.aborted) {
      firstMs = host.now();
      host.write(`\n${notice}\n`);
      controller.abort();
    } else if (!isHangup && host.now() - firstMs > echoMs) host.exit(exitCodes.canceled);
  };
  for (const name of signals) host.on(name, cancel);
  const stop = (): void => {
    for (const name of signals) host.off(name, cancel);
  };
  return { signal: controller.signal, stop };
}

function thisHost(): Host {
  return {
    on: process.on.bind(process),
    off: process.off.bind(process),
    exit: (code) => process.exit(code),
    hasTerminal: [0, 1, 2].some((stream) => isatty(stream)),
    write: (text) => process.stderr.write(text),
    now: () => performance.now(),
  };
}
