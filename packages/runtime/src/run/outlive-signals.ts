/**
 * Keeps a worker process alive where the system ends all processes of a terminal.
 *
 * Ctrl-C and a closed terminal reach the whole process group. The process that started the worker decides what they mean: it asks the
 * worker to stop, or is gone, and then the channel between them closes. Either way the worker ends after its batch, with a checkpoint.
 */

const ofTheTerminal = ['SIGINT', 'SIGHUP', 'SIGBREAK'] as const;

/** Ignores what a terminal sends; `stop` is called at SIGTERM, which may be meant for this process alone. */
export function outliveSignals(stop: () => void): void {
  for (const name of ofTheTerminal) process.on(name, () => {});
  process.on('SIGTERM', stop);
  // Who reads what nodes print may be gone before the last batch is done.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}
