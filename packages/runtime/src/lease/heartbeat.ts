/** Touches files every few seconds from a thread of its own, so that a node that computes without a pause still is seen to live. */
import { Worker } from 'node:worker_threads';

const source = `
const { parentPort, workerData } = require('node:worker_threads');
const { utimes } = require('node:fs');
const paths = new Set();
parentPort.on('message', ({ held, ended }) => {
  for (const path of ended) paths.delete(path);
  for (const path of held) paths.add(path);
});
setInterval(() => {
  const now = new Date();
  for (const path of paths) utimes(path, now, now, () => {});
}, workerData.intervalMs);
`;

/** Starts or stops the heartbeat of one file. */
export type Heartbeat = {
  readonly start: (path: string) => void;
  readonly stop: (path: string) => void;
};

/** How often a lease shows that its holder lives. */
export const heartbeatMs = 5000;

let thread: Worker | undefined;

/** Files that the thread touches. */
const beating = new Set<string>();
/** Those of which it need no longer, and does not know yet. */
const ended = new Set<string>();
let timer: NodeJS.Timeout | undefined;
const lingerMs = 50; // a message costs more than a short step, and the next step may want the same file

/** The heartbeat of this process; its thread starts with the first file and never keeps the process alive. */
export const heartbeat: Heartbeat = {
  /** Told at once: the node that runs next may not give way before it is done. */
  start(path) {
    thread ??= startThread();
    ended.delete(path);
    if (beating.has(path)) return;
    beating.add(path);
    tell([path]);
  },
  stop(path) {
    ended.add(path);
    timer ??= setTimeout(() => tell([]), lingerMs).unref();
  },
};

function tell(held: readonly string[]): void {
  clearTimeout(timer);
  timer = undefined;
  thread?.postMessage({ held, ended: [...ended] });
  for (const path of ended) beating.delete(path);
  ended.clear();
}

function startThread(): Worker {
  const started = new Worker(source, {
    eval: true,
    execArgv: [],
    workerData: { intervalMs: heartbeatMs },
  });
  started.unref();
  started.on('error', () => {
    thread = undefined;
    beating.clear(); // without a heartbeat a lease only can be taken over from another host too early
  });
  return started;
}
