/** Touches files every few seconds from a thread of its own, so that a node that computes without a pause still is seen to live. */
import { Worker } from 'node:worker_threads';

const source = `
const { parentPort, workerData } = require('node:worker_threads');
const { utimes } = require('node:fs');
const paths = new Set();
parentPort.on('message', ({ path, isHeld }) => (isHeld ? paths.add(path) : paths.delete(path)));
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

/** The heartbeat of this process; its thread starts with the first file and never keeps the process alive. */
export const heartbeat: Heartbeat = {
  start(path) {
    thread ??= startThread();
    thread.postMessage({ path, isHeld: true });
  },
  stop: (path) => thread?.postMessage({ path, isHeld: false }),
};

function startThread(): Worker {
  const started = new Worker(source, {
    eval: true,
    execArgv: [],
    workerData: { intervalMs: heartbeatMs },
  });
  started.unref();
  started.on('error', () => {
    thread = undefined; // without a heartbeat a lease only can be taken over from another host too early
  });
  return started;
}
